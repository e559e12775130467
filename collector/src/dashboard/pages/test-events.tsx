/** Test events: an event as JSON, checked or sent the same way as any other, and what became of it. */
import { randomUUID } from 'node:crypto'
import { ActionForm, DomainPicker, NoDomain } from '../components/elements.js'
import { type Page, to } from '../page.js'

const examples: Record<string, object> = {
  Pageview: {},
  ViewContent: {
    content_type: 'product',
    contents: [{ content_id: 'sku-1', quantity: 1, price: 49.9 }],
    value: 49.9,
    currency: 'USD',
  },
  AddToCart: {
    content_type: 'product',
    contents: [{ content_id: 'sku-1', quantity: 1, price: 49.9 }],
    value: 49.9,
    currency: 'USD',
  },
  Purchase: {
    content_type: 'product',
    contents: [{ content_id: 'sku-1', quantity: 1, price: 49.9 }],
    value: 49.9,
    currency: 'USD',
    order_id: 'test-1',
  },
  Lead: {},
}

const exampleOf = (event: string, domain: string) =>
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

export const testEvents: Page = {
  path: '/test-events',
  title: 'Test events',
  nav: 'Test events',
  view(context) {
    const { site, query, refused, oneTimeSecret } = context
    if (!site) return <NoDomain />
    const chosen = query.get('event') ?? 'Purchase'
    const event = Object.hasOwn(examples, chosen) ? chosen : 'Purchase'
    const problem = refused?.problems.json
    const testCode = site.connections.some(({ fields }) => fields.testEventCode)
    return (
      <>
        <DomainPicker context={context} path="/test-events" />
        <ul class="chips">
          {Object.keys(examples).map((name) => (
            <li key={name}>
              <a
                href={to('/test-events', site, { event: name })}
                aria-current={name === event ? 'true' : undefined}
              >
                {name}
              </a>
            </li>
          ))}
        </ul>
        <ActionForm context={context} action="send" class="panel">
          <div class="field">
            <label for="json">Event</label>
            <textarea
              id="json"
              name="json"
              rows={18}
              spellcheck={false}
              class="json"
              aria-invalid={problem ? 'true' : undefined}
              aria-describedby={problem ? 'json-problem json-hint' : 'json-hint'}
              value={oneTimeSecret ?? (refused?.values.raw('json') || exampleOf(event, site.domain))}
            />
            {problem && (
              <p class="problem" id="json-problem" role="alert">
                {problem}
              </p>
            )}
            <small id="json-hint">
              It takes the way of any other event, as if your server had sent it.{' '}
              {testCode
                ? 'This connection has a Test Event Code: TikTok books nothing.'
                : 'TikTok counts it, unless the connection has a Test Event Code.'}
            </small>
          </div>
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
  },
  actions: {
    async send(form, { services, site }) {
      if (!site) return { problems: { '': 'This domain is gone.' } }
      let event: unknown
      try {
        event = JSON.parse(form.raw('json'))
      } catch (error) {
        return { problems: { json: `This is no JSON: ${(error as Error).message}` } }
      }
      if (form.flag('only')) {
        const problems = services.check(site.domain, event)
        if (problems.length > 0) return { problems: { json: problems.join(' ') } }
        return { once: form.raw('json'), said: 'Nothing is wrong with this event. It was not sent.' }
      }
      const sent = await services.send(site.domain, event)
      if ('problems' in sent) return { problems: { json: sent.problems.join(' ') } }
      const id = sent.ids[0] ?? ''
      if (sent.skipped !== undefined) return { said: `Skipped: ${sent.skipped}.`, to: to('/events', site) }
      return { said: `Accepted as ${id}.`, to: to('/events', site, { q: `id:${id}` }) }
    },
  },
}
