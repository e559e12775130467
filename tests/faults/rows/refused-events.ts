// Rows of events that TikTok refuses: one, every second one, or all. The others and other sites are delivered.
import { atMost, type Check, exactly, moreThan, within } from '../../chaos/check.js'
import { waitUntilDrained } from '../../chaos/collector.js'
import { poison } from '../../chaos/poison.js'
import { sleep } from '../../support/wait.js'
import type { Context, Row } from '../row.js'
import { domainOf, runScenario, tokenOf } from '../scenario.js'

/** @param isBad whether the event at an index of the request is refused */
async function many(
  { store, quick }: Context,
  name: string,
  isBad: (at: number) => boolean,
): Promise<Check[]> {
  const size = quick ? 200 : 1_000
  const { found, checks, sink, count } = await runScenario(
    { store, sites: 2 },
    async ({ sink, data, sendEvents }) => {
      const bad = new Set<string>()
      const arrived = new Map<string, number>()
      sink.answer = ({ token, ids, at }) => {
        for (const id of ids) arrived.set(id, arrived.get(id) ?? at)
        return token === tokenOf(0) && ids.some((id) => bad.has(id))
          ? { code: 40002, message: 'Invalid value' }
          : { code: 0 }
      }
      // TikTok is down until it is known which events are bad.
      await sink.down()
      const ids = await sendEvents(size)
      for (const [at, id] of ids.entries()) if (isBad(at)) bad.add(id)
      await sink.up()
      let done = false
      const draining = waitUntilDrained(data).finally(() => {
        done = true
      })
      const accepted = new Map<string, number>()
      while (!done || accepted.size < 20) {
        const [id = ''] = await sendEvents(1, domainOf(1))
        accepted.set(id, Date.now())
        await sleep(100)
        // A steady stream is never drained, so this ends with the events of the other site.
        const [row] = await data.query<{ n: number | string }>(
          `select count(*) as n from deliveries where state = 'pending' and site = '${domainOf(0)}'`,
        )
        done ||= Number(row?.n) === 0
      }
      await draining
      const waits = [...accepted].map(([id, at]) => (arrived.get(id) ?? Number.POSITIVE_INFINITY) - at)
      waits.sort((a, b) => a - b)
      return { bad: bad.size, p99: waits[Math.ceil(waits.length * 0.99) - 1] ?? Number.POSITIVE_INFINITY }
    },
  )
  const requests = sink.batches.filter(({ token }) => token === tokenOf(0)).length
  return [
    ...checks,
    exactly(`${name}: failed`, count.failed, found.bad),
    exactly(`${name}: pending`, count.pending, 0),
    exactly(`${name}: bad and booked`, sink.booked.size - count.delivered, 0),
    moreThan(`${name}: requests`, requests, found.bad),
    atMost(`${name}: requests`, requests, 2 * size),
    within(`${name}: ms until delivery at another site, p99`, found.p99, 5_000),
  ]
}

export const row14: Row = {
  row: 14,
  name: 'one poison event in 1,000',
  run: ({ store, quick }) => poison({ rounds: quick ? 1 : 3, store, quick: true }),
}
export const row15: Row = {
  row: 15,
  name: 'poison everywhere',
  run: async (context) => [
    ...(await many(context, 'all', () => true)),
    ...(await many(context, 'alternating', (at) => at % 2 === 0)),
  ],
}
