/** Test events: checks or sends an event that the owner writes as JSON. */
import { randomUUID } from 'node:crypto'
import type { SiteConfig } from '../../sites/registry.js'
import { ActionForm } from '../components/action-form.js'
import { DomainPicker } from '../components/domain-picker.js'
import { NoDomain } from '../components/empty-state.js'
import { JsonField } from '../components/form-fields.js'
import type { Form } from '../form.js'
import { type ActionResult, type Context, type Page, to } from '../page.js'
import type { TestEvents } from './services.js'

export interface TestEventsDeps {
  testEvents: TestEvents
}

export const createTestEventsPage = ({ testEvents }: TestEventsDeps): Page => ({
  path: '/test-events',
  title: 'Test events',
  nav: 'Test events',
  view: (context) => (context.site ? <TestEventForm context={context} site={context.site} /> : <NoDomain />),
  actions: { send: (form, context) => submitEvent(testEvents, form, context) },
})

const product = {
  content_type: 'product',
  contents: [{ content_id: 'sku-1', quantity: 1, price: 49.9 }],
  value: 49.9,
  currency: 'USD',
}

/** Properties by event name. */
const examples: Readonly<Record<string, object>> = {
  Pageview: {},
  ViewContent: product,
  AddToCart: product,
  Purchase: { ...product, order_id: 'test-1' },
  Lead: {},
}

const exampleJson = (event: string, domain: string) =>
  JSON.stringify(
    {
      event,
      event_id: `test-${randomUUID().slice(0, 8)}`,
      user: { email: 'jane@example.com', ttclid: 'E.C.P.test' },
      page: { url: `https://${domain}/` },
      properties: examples[event],
    },
    null,
    2,
  )

function TestEventForm({ context, site }: { context: Context; site: SiteConfig }) {
  const requested = context.query.get('event') ?? ''
  const selected = Object.hasOwn(examples, requested) ? requested : 'Purchase'
  const hasTestCode = site.connections.some(({ fields }) => fields.testEventCode)
  return (
    <>
      <DomainPicker context={context} path="/test-events" />
      <ul class="chips">
        {Object.keys(examples).map((event) => (
          <li key={event}>
            <a
              href={to('/test-events', site, { event })}
              aria-current={event === selected ? 'true' : undefined}
            >
              {event}
            </a>
          </li>
        ))}
      </ul>
      <ActionForm context={context} action="send" class="panel">
        <JsonField
          context={context}
          action="send"
          name="json"
          label="Event"
          value={exampleJson(selected, site.domain)}
          hint={
            <>
              It takes the way of any other event, as if your server had sent it.{' '}
              {hasTestCode
                ? 'This connection has a Test Event Code: nothing is booked.'
                : 'It counts as a conversion, unless the connection has a Test Event Code.'}
            </>
          }
        />
        <div class="row">
          <button type="submit">Send</button>
          <button type="submit" class="plain" name="only" value="check">
            Check without sending
          </button>
        </div>
      </ActionForm>
      <p>
        <a href={`${site.origin}/?ttclid=E.C.P.test`} target="_blank" rel="noopener">
          Open my shop with a test click id
        </a>
      </p>
    </>
  )
}

async function submitEvent(testEvents: TestEvents, form: Form, { site }: Context): Promise<ActionResult> {
  if (!site) return { problems: { '': 'This domain is gone.' } }
  let event: unknown
  try {
    event = JSON.parse(form.raw('json'))
  } catch (error) {
    return { problems: { json: `This is no JSON: ${(error as Error).message}` } }
  }
  if (form.flag('only')) {
    const problems = testEvents.check(site.domain, event)
    if (problems.length > 0) return { problems: { json: problems.join(' ') } }
    return { flashMessage: 'Nothing is wrong with this event. It was not sent.', keepForm: true }
  }
  const result = await testEvents.send(site.domain, event)
  if ('problems' in result) return { problems: { json: result.problems.join(' ') } }
  const { ids, skipped } = result
  if (skipped !== undefined) return { flashMessage: `Skipped: ${skipped}.`, to: to('/events', site) }
  const id = ids[0] ?? ''
  return { flashMessage: `Accepted as ${id}.`, to: to('/events', site, { q: `id:${id}` }) }
}
