// Knows the row about an outage longer than TikTok remembers: what may have been booked is not sent any more.

import { type Check, exactly } from '../../chaos/check.js'
import { sleep } from '../../support/wait.js'
import { withFakeClock } from '../fake-clock.js'
import type { Row } from '../row.js'

const hourMs = 3_600_000
const counted = 20

/** TikTok fails once, is away for so long, and is back. */
async function away(hours: number) {
  return withFakeClock(async ({ sink, data, now, advance, offer, drained }) => {
    sink.answer = () => (response) => response.writeHead(500).end('<html>trouble</html>')
    await offer(counted)
    while (sink.batches.length === 0) await sleep(20)
    await sleep(300)
    await sink.down()
    sink.answer = () => ({ code: 0 })
    await offer(counted)
    await offer(1, { event_time: Math.floor(now() / 1_000) - 27 * 86_400 })
    advance(hours * hourMs)
    await sink.up()
    await offer(1)
    const left = await drained()
    const reasons = await data.query<{ reason: string; n: number }>(
      "select reason, count(*) as n from deliveries where state = 'failed' group by reason",
    )
    return { left, reasons: Object.fromEntries(reasons.map(({ reason, n }) => [reason, Number(n)])) }
  })
}

async function outage(): Promise<Check[]> {
  const { found, checks, count } = await away(49)
  const shorter = await away(46)
  return [
    ...checks,
    exactly('pending after 49 h', found.left, 0),
    exactly('outcome unknown', found.reasons['outcome unknown'] ?? 0, counted),
    exactly('older than 28 days by then', found.reasons['older than 28 days'] ?? 0, 1),
    exactly('never sent before, delivered now', count.delivered, counted + 1),
    exactly('control: outcome unknown after 46 h', shorter.found.reasons['outcome unknown'] ?? 0, 0),
    exactly('control: delivered after 46 h', shorter.count.delivered, 2 * counted + 1),
  ]
}

export const row19: Row = { row: 19, name: '49 h outage', run: outage }
