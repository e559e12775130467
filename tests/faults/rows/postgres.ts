// Rows of PostgreSQL faults: restarts, broken connections, no free connections, temporary errors, and read-only mode.

import pg from 'pg'
import { copyCollector } from '../../chaos/build-copy.js'
import { atMost, type Check, moreThan } from '../../chaos/check.js'
import { ask } from '../../support/postgres.js'
import { sleep } from '../../support/wait.js'
import { type FaultContext, runPostgresFault } from '../postgres-fault.js'
import type { Row } from '../row.js'

/** Ends all connections of the collectors; gives their number. */
const terminateConnections = `select count(pg_terminate_backend(pid))::int as n from pg_stat_activity where application_name = 'tagferry'`

export const restarted: Row = {
  row: 31,
  name: 'PostgreSQL restarts',
  async run({ quick }) {
    const fault = async ({ postgres }: FaultContext) => {
      await postgres.restart('fast')
      await sleep(quick ? 300 : 3_000)
      await postgres.restart('crash')
      await sleep(quick ? 300 : 3_000)
      await postgres.server.kill()
      await sleep(quick ? 300 : 3_000)
      await postgres.server.start()
      return []
    }
    const { checks } = await runPostgresFault({ quick, fault })
    // Longer than a commit is retried.
    const longOutage = async ({ postgres }: FaultContext) => {
      await postgres.server.kill()
      await sleep(4_000)
      await postgres.server.start()
      return []
    }
    const { lost } = await runPostgresFault({ quick: true, fault: longOutage, main: copyCollector('commit') })
    return [...checks, moreThan('control: lost when 202 comes before the commit', lost, 0)]
  },
}

export const cut: Row = {
  row: 32,
  name: 'all connections are cut again and again',
  async run({ quick }) {
    const fault = async ({ postgres }: FaultContext) => {
      let cuts = 0
      for (let round = 0; round < (quick ? 10 : 30); round++) {
        const [row] = await postgres.query<{ n: number }>(terminateConnections)
        cuts += row?.n ?? 0
        await sleep(quick ? 300 : 2_000)
      }
      const [row] = await postgres.query<{ n: number }>(
        `select count(*)::int as n from pg_stat_activity where application_name = 'tagferry'`,
      )
      return [
        moreThan('connections cut', cuts, 0),
        atMost('connections open afterwards (two pools of 8)', row?.n ?? 99, 16),
      ]
    }
    const { checks } = await runPostgresFault({ quick, fault })
    const { answers } = await runPostgresFault({ quick: true, fault, main: copyCollector('transient') })
    return [...checks, moreThan('control: answers of 500 without retries', answers.get(500) ?? 0, 0)]
  },
}

/** Opens all connections that the server allows, after ending those of the collectors. @returns closes them */
async function takeAllConnections(url: string): Promise<() => Promise<void>> {
  const clients: pg.Client[] = []
  const take = async () => {
    const client = new pg.Client({ connectionString: url })
    client.on('error', () => {})
    await client.connect()
    clients.push(client)
  }
  await take()
  const [first] = clients as [pg.Client]
  for (let cut = 1; cut > 0; cut = (await first.query<{ n: number }>(terminateConnections)).rows[0]?.n ?? 0) {
    for (let room = true; room; )
      room = await take().then(
        () => true,
        () => false,
      )
  }
  return async () => void (await Promise.all(clients.map((client) => client.end())))
}

/** Makes inserts of events fail with an error, as a deadlock would. @param chance from 0 to 1 */
const failInserts = (state: string, chance: number) => `
create or replace function raise_one() returns trigger language plpgsql as $$ begin
  if random() < ${chance} then raise exception 'made for a test' using errcode = '${state}'; end if;
  return null;
end $$;
create or replace trigger raise_one before insert on events for each statement execute function raise_one()`

export const refused: Row = {
  row: 35,
  name: 'no connection left, deadlock, serialization failure, read-only',
  async run({ quick }) {
    const ms = quick ? 1_500 : 10_000
    const [noConnections, temporaryErrors, readOnly] = [
      async ({ data }: FaultContext) => {
        const close = await takeAllConnections(data.env.TAGFERRY_DATABASE_URL as string)
        await sleep(ms + 2_500)
        await close()
        return []
      },
      async ({ data }: FaultContext) => {
        const url = data.env.TAGFERRY_DATABASE_URL as string
        for (const state of ['40P01', '40001']) {
          await ask(url, failInserts(state, 0.5))
          await sleep(ms)
          await ask(url, failInserts(state, 1))
          await sleep(2_500)
        }
        await ask(url, 'drop trigger raise_one on events')
        return []
      },
      async ({ postgres }: FaultContext) => {
        await postgres.query('alter system set default_transaction_read_only = on')
        await postgres.query('select pg_reload_conf()')
        await sleep(ms + 2_500)
        // `alter system` cannot run in a transaction block, which several statements at once would be.
        const url = new URL(postgres.urlOf('postgres'))
        url.searchParams.set('options', '-c default_transaction_read_only=off')
        await ask(url.href, 'alter system reset default_transaction_read_only')
        await postgres.query('select pg_reload_conf()')
        return []
      },
    ]
    const found: Check[] = []
    for (const [name, fault, settings] of [
      ['no connection left', noConnections, ['max_connections=24']],
      ['deadlocks and serialization failures', temporaryErrors, []],
      ['read-only', readOnly, []],
    ] as const) {
      const { checks, answers } = await runPostgresFault({ quick, fault, settings: [...settings] })
      found.push(
        ...checks.map((check) => ({ ...check, name: `${name}: ${check.name}` })),
        moreThan(`${name}: answers of 503`, answers.get(503) ?? 0, 0),
      )
    }
    const { answers } = await runPostgresFault({
      quick: true,
      fault: temporaryErrors,
      main: copyCollector('transient'),
    })
    return [...found, moreThan('control: answers of 500 without retries', answers.get(500) ?? 0, 0)]
  },
}
