// Knows the rows about credentials: refused by TikTok, of one site alone, wrong or switched off by the owner.
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
  const { found, checks, sink } = await runScenario({ store, sites: 2 }, async ({ sink, data, offer }) => {
    sink.answer = ({ token }) => (token === tokenOf(0) ? revoked : { code: 0 })
    for (let round = 0; round < 20; round++) {
      await offer(10, domainOf(0))
      await offer(10, domainOf(1))
      await sleep(50)
    }
    await waitFor('all of the other site', () => sink.booked.size === 200, 30_000)
    const failures = await data.query<{ site: string }>(
      "select site from attempts where outcome <> 'delivered'",
    )
    const { fates } = await readStored(data)
    return {
      others: failures.filter(({ site }) => site === domainOf(1)).length,
      held: await held(data, domainOf(0)),
      dead: [...fates.values()].filter((fate) => fate === 'failed').length,
    }
  })
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

/** The owner switches the vendor off, or sets a Pixel Code that is not theirs, and puts it right again. */
async function putRight({ store }: Context): Promise<Check[]> {
  const { found, checks } = await runScenario({ store }, async (given) => {
    const { sink, data, offer } = given
    await sink.down()
    await offer(50)
    await given.restart(sitesOf(1, { enabled: false }))
    await sink.up()
    const late = await given.offer(5)
    await sleep(1_500)
    const off = { requests: sink.batches.length, held: await countPending(data) }

    sink.answer = () => ({ code: 40001, message: 'No permission to operate pixel code.' })
    await given.restart(sitesOf(1, { pixelCode: 'CWRONG00000000000000' }))
    await offer(50)
    await waitFor('a refusal', () => sink.batches.length > 0, 20_000)
    await sleep(1_500)
    const wrong = { requests: sink.batches.length, held: await countPending(data) }

    sink.answer = () => ({ code: 0 })
    await given.restart(sitesOf(1))
    const { left } = await waitUntilDrained(data, 30_000)
    const { fates } = await readStored(data)
    const skipped = [...fates.values()].filter((fate) => fate === 'skipped').length
    return { off, wrong, left, late: late.length, skipped, booked: sink.booked.size }
  })
  return [
    ...checks,
    exactly('switched off: requests', found.off.requests, 0),
    exactly('switched off: held', found.off.held, 50),
    exactly('switched off: rows that say so', found.skipped, 5),
    exactly('wrong Pixel Code: requests', found.wrong.requests, 1),
    exactly('wrong Pixel Code: held', found.wrong.held, 100),
    exactly('put right: undelivered', found.left, 0),
    exactly('put right: delivered', found.booked, 100),
  ]
}

export const row16: Row = { row: 16, name: 'token refused', run: refused }
export const row17: Row = { row: 17, name: 'token of one site revoked', run: oneOfTwo }
export const row18: Row = { row: 18, name: 'vendor off, wrong Pixel Code', run: putRight }
