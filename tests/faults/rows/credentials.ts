// Rows of credentials: refused by TikTok, refused for one site only, and wrong or disabled by the owner.
import { type Check, exactly } from '../../chaos/check.js'
import { waitUntilDrained } from '../../chaos/collector.js'
import { countPending, type Data, readStored } from '../../chaos/data.js'
import { revokedToken } from '../../chaos/revoked-token.js'
import { sleep, waitFor } from '../../support/wait.js'
import type { Context, Row } from '../row.js'
import { domainOf, runScenario, sitesOf, tokenOf } from '../scenario.js'

const revoked = { code: 40105, message: 'Access token is incorrect or has been revoked.' }

async function refused({ store, quick }: Context): Promise<Check[]> {
  const codes = quick ? ([40104] as const) : ([40105, 40104, 40001] as const)
  const found: Check[] = []
  for (const code of codes)
    for (const check of await revokedToken({ store, code }))
      found.push({ ...check, name: `${code}: ${check.name}` })
  return found
}

async function oneOfTwo({ store }: Context): Promise<Check[]> {
  const { found, checks, sink } = await runScenario(
    { store, sites: 2 },
    async ({ sink, data, sendEvents }) => {
      sink.answer = ({ token }) => (token === tokenOf(0) ? revoked : { code: 0 })
      for (let round = 0; round < 20; round++) {
        await sendEvents(10, domainOf(0))
        await sendEvents(10, domainOf(1))
        await sleep(50)
      }
      await waitFor('all events of the other site', () => sink.booked.size === 200)
      const failures = await data.query<{ site: string }>(
        "select site from attempts where outcome <> 'delivered'",
      )
      const { states } = await readStored(data)
      return {
        others: failures.filter(({ site }) => site === domainOf(1)).length,
        held: await held(data, domainOf(0)),
        dead: [...states.values()].filter((state) => state === 'failed').length,
      }
    },
  )
  const requests = sink.batches.filter(({ token }) => token === tokenOf(0)).length
  return [
    ...checks,
    exactly('failures of the other site', found.others, 0),
    exactly('requests under the revoked token', requests, 1),
    exactly('events held', found.held, 200),
    exactly('dead', found.dead, 0),
  ]
}

async function held(data: Data, site: string): Promise<number> {
  const [row] = await data.query<{ n: number | string }>(
    `select count(*) as n from deliveries where state = 'pending' and site = '${site}'`,
  )
  return Number(row?.n)
}

/** The owner disables the vendor, or sets a wrong Pixel Code, and corrects it. */
async function corrected({ store }: Context): Promise<Check[]> {
  const { found, checks } = await runScenario({ store }, async (given) => {
    const { sink, data, sendEvents } = given
    await sink.down()
    await sendEvents(50)
    await given.restart(sitesOf(1, { enabled: false }))
    await sink.up()
    const late = await given.sendEvents(5)
    await sleep(1_500)
    const off = { requests: sink.batches.length, held: await countPending(data) }

    sink.answer = () => ({ code: 40001, message: 'No permission to operate pixel code.' })
    await given.restart(sitesOf(1, { pixelCode: 'CWRONG00000000000000' }))
    await sendEvents(50)
    await waitFor('a refusal', () => sink.batches.length > 0)
    await sleep(1_500)
    const wrong = { requests: sink.batches.length, held: await countPending(data) }

    sink.answer = () => ({ code: 0 })
    await given.restart(sitesOf(1))
    const { left } = await waitUntilDrained(data)
    const { states } = await readStored(data)
    const skipped = [...states.values()].filter((state) => state === 'skipped').length
    return { off, wrong, left, late: late.length, skipped, booked: sink.booked.size }
  })
  return [
    ...checks,
    exactly('disabled: requests', found.off.requests, 0),
    exactly('disabled: pending', found.off.held, 50),
    exactly('disabled: skipped', found.skipped, 5),
    exactly('wrong Pixel Code: requests', found.wrong.requests, 1),
    exactly('wrong Pixel Code: pending', found.wrong.held, 100),
    exactly('corrected: undelivered', found.left, 0),
    exactly('corrected: delivered', found.booked, 100),
  ]
}

export const row16: Row = { row: 16, name: 'token refused', run: refused }
export const row17: Row = { row: 17, name: 'token of one site revoked', run: oneOfTwo }
export const row18: Row = { row: 18, name: 'vendor off, wrong Pixel Code', run: corrected }
