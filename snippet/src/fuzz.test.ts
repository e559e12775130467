import fc from 'fast-check'
import { afterEach, expect, test, vi } from 'vitest'
import type { WireBody } from '../../collector/src/wire.js'
import { accept, forbid, forgetVisits, settle, visit } from '../testing/visit.js'

afterEach(forgetVisits)

test('calls never throw, whatever they are given, nor does what the page does meanwhile', async () => {
  const anything = fc.oneof(
    fc.anything({ withBigInt: true, withDate: true, withMap: true }),
    fc.constantFrom('Purchase', 'grant', 'revoke', 'hold', 'sent', { order_id: 1 }, () => {
      throw new Error('listener')
    }),
  )
  const call = fc.tuple(
    fc.constantFrom('track', 'identify', 'page', 'consent', 'on'),
    fc.array(anything, { maxLength: 3 }),
  )
  const layer = () => (window as unknown as { dataLayer?: unknown[] }).dataLayer
  const ttq = () =>
    (window as unknown as { ttq?: Record<string, (...args: unknown[]) => void> }).ttq as Record<
      string,
      (...args: unknown[]) => void
    >
  /** What a page does that is no call: navigates, is clicked, fills `dataLayer`, calls the pixel. */
  const deeds: ((args: unknown[]) => unknown)[] = [
    () => history.pushState({}, '', `/${Math.random()}`),
    () => document.body.firstElementChild?.dispatchEvent(new Event('click', { bubbles: true })),
    () => document.dispatchEvent(new Event('submit')),
    (args) => layer()?.push(...args, { event: 'purchase', ecommerce: args[0] }),
    (args) => layer()?.push(['consent', ...args], ['event', 'purchase', ...args]),
    (args) => ttq().track?.(...args),
    (args) => ttq().identify?.(...args),
    (args) => ttq().push?.(...args),
  ]
  document.body.innerHTML = '<a href="https://pay.example/" data-tt-event="Contact"></a>'
  const deed = fc.tuple(fc.constantFrom(...deeds), fc.array(anything, { maxLength: 3 }))
  const rejections = vi.fn()
  process.on('unhandledRejection', rejections)
  await fc.assert(
    fc.asyncProperty(
      fc.array(call, { maxLength: 12 }),
      fc.array(deed, { maxLength: 6 }),
      fc.integer({ min: 0, max: 3 }),
      async (calls, done, kind) => {
        const answers = [
          (body: WireBody) => accept(body),
          () => new Response('null', { status: 202 }),
          () => new Response('', { status: 500 }),
          () => Promise.reject(new TypeError()),
        ]
        const page = await visit({
          script: 'full',
          data: { ttq: 'replace', datalayer: 'ga4', linker: 'pay.example' },
          answer: answers[kind] as never,
          before: () => {
            if (kind === 3) forbid(window, 'localStorage')
          },
        })
        for (const [name, args] of calls)
          (page.tagferry as unknown as Record<string, (...args: unknown[]) => void>)[name]?.(...args)
        for (const [act, args] of done) act(args)
        await settle()
        window.dispatchEvent(new Event('pagehide'))
      },
    ),
    { numRuns: 60 },
  )
  process.off('unhandledRejection', rejections)
  document.body.replaceChildren()
  expect(rejections).not.toHaveBeenCalled()
})
