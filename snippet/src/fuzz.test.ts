import fc from 'fast-check'
import { afterEach, expect, test, vi } from 'vitest'
import type { WireBody } from '../../collector/src/wire.js'
import { accept, denyAccess, resetBrowser, settle, visit } from '../../tests/support/snippet/visit.js'

afterEach(resetBrowser)

type Method = (...args: unknown[]) => unknown
const page = window as unknown as { dataLayer?: unknown[]; ttq?: Record<string, Method> }

const anyValue = fc.oneof(
  fc.anything({ withBigInt: true, withDate: true, withMap: true }),
  fc.constantFrom('Purchase', 'grant', 'revoke', 'hold', 'sent', { order_id: 1 }, () => {
    throw new Error('listener')
  }),
)
const anyArgs = fc.array(anyValue, { maxLength: 3 })
const anyCall = fc.tuple(fc.constantFrom('track', 'identify', 'page', 'consent', 'on'), anyArgs)

/** Actions of a page other than calls: it navigates, is clicked, fills `dataLayer`, calls the pixel. */
const actions: ((args: unknown[]) => unknown)[] = [
  () => history.pushState({}, '', `/${Math.random()}`),
  () => document.body.firstElementChild?.dispatchEvent(new Event('click', { bubbles: true })),
  () => document.dispatchEvent(new Event('submit')),
  (args) => page.dataLayer?.push(...args, { event: 'purchase', ecommerce: args[0] }),
  (args) => page.dataLayer?.push(['consent', ...args], ['event', 'purchase', ...args]),
  (args) => page.ttq?.track?.(...args),
  (args) => page.ttq?.identify?.(...args),
  (args) => page.ttq?.push?.(...args),
]
const anyAction = fc.tuple(fc.constantFrom(...actions), anyArgs)

const responses: ((body: WireBody) => Response | Promise<Response>)[] = [
  (body) => accept(body),
  () => new Response('null', { status: 202 }),
  () => new Response('', { status: 500 }),
  () => Promise.reject(new TypeError()),
]

type Scenario = {
  calls: [string, unknown[]][]
  actions: [(args: unknown[]) => unknown, unknown[]][]
  respond: (body: WireBody) => Response | Promise<Response>
  hasStorage: boolean
}

const anyScenario: fc.Arbitrary<Scenario> = fc.record({
  calls: fc.array(anyCall, { maxLength: 12 }),
  actions: fc.array(anyAction, { maxLength: 6 }),
  respond: fc.constantFrom(...responses),
  hasStorage: fc.boolean(),
})

const runScenario = async ({ calls, actions, respond, hasStorage }: Scenario) => {
  const { tagferry } = await visit({
    script: 'full',
    data: { ttq: 'replace', datalayer: 'ga4', linker: 'pay.example' },
    respond,
    before: () => {
      if (!hasStorage) denyAccess(window, 'localStorage')
    },
  })
  for (const [name, args] of calls) (tagferry as unknown as Record<string, Method>)[name]?.(...args)
  for (const [act, args] of actions) act(args)
  await settle()
  window.dispatchEvent(new Event('pagehide'))
}

test('no call or action of the page makes the script throw', async () => {
  document.body.innerHTML = '<a href="https://pay.example/" data-tt-event="Contact"></a>'
  const rejections = vi.fn()
  process.on('unhandledRejection', rejections)
  await fc.assert(fc.asyncProperty(anyScenario, runScenario), { numRuns: 60 })
  process.off('unhandledRejection', rejections)
  document.body.replaceChildren()
  expect(rejections).not.toHaveBeenCalled()
})
