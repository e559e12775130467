// Row of an outage longer than TikTok's deduplication: events that may have been booked are not sent again.

import { type Check, exactly } from '../../chaos/check.js'
import { waitFor } from '../../support/wait.js'
import { countUndelivered, withFakeClock } from '../fake-clock.js'
import type { Row } from '../row.js'
import { attemptOutcomes } from '../scenario.js'

const hourMs = 3_600_000
const size = 20

/** TikTok fails once, is down for a number of hours, and recovers. */
async function takeDown(hours: number) {
  return withFakeClock(async (system) => {
    const { sink, data, now, advance, sendEvents } = system
    sink.answer = () => (response) => response.writeHead(500).end('<html>Internal Server Error</html>')
    await sendEvents(size)
    await waitFor('the outcome of the first request', async () => {
      const { ambiguous = 0 } = await attemptOutcomes(data)
      return ambiguous > 0
    })
    await sink.down()
    sink.answer = () => ({ code: 0 })
    await sendEvents(size)
    await sendEvents(1, { event_time: Math.floor(now() / 1_000) - 27 * 86_400 })
    advance(hours * hourMs)
    await sink.up()
    await sendEvents(1)
    const left = await countUndelivered(system)
    const reasons = await data.query<{ reason: string; n: number }>(
      "select reason, count(*) as n from deliveries where state = 'failed' group by reason",
    )
    return { left, reasons: Object.fromEntries(reasons.map(({ reason, n }) => [reason, Number(n)])) }
  })
}

async function outage(): Promise<Check[]> {
  const { found, checks, count } = await takeDown(49)
  const shorter = await takeDown(46)
  return [
    ...checks,
    exactly('pending after 49 h', found.left, 0),
    exactly('outcome unknown', found.reasons['outcome unknown'] ?? 0, size),
    exactly('older than 28 days', found.reasons['older than 28 days'] ?? 0, 1),
    exactly('never sent before, delivered now', count.delivered, size + 1),
    exactly('control: outcome unknown after 46 h', shorter.found.reasons['outcome unknown'] ?? 0, 0),
    exactly('control: delivered after 46 h', shorter.count.delivered, 2 * size + 1),
  ]
}

export const row19: Row = { row: 19, name: '49 h outage', run: outage }
