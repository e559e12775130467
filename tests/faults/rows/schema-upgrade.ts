// Row of schemas: an older one is upgraded, a newer one is refused, and a killed upgrade leaves no partial one.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { site } from '../../../bench/conversion.js'
import { copyCollector } from '../../chaos/build-copy.js'
import { type Check, exactly, moreThan } from '../../chaos/check.js'
import { settingsOf, startCollector, unchangedBuild, waitUntilDrained } from '../../chaos/collector.js'
import { type Data, openData, readStored, type StoreKind } from '../../chaos/data.js'
import { type Ledger, ledgerChecks } from '../../chaos/ledger.js'
import { type Sink, startSink } from '../../chaos/sink.js'
import { strace, straceProblem } from '../../chaos/strace.js'
import { ask } from '../../support/postgres.js'
import { killOnExit } from '../../support/temporary.js'
import { sleep, waitFor } from '../../support/wait.js'
import { MissingPrerequisite, type Row } from '../row.js'

const pendingEvents = 500
const ids = Array.from({ length: pendingEvents }, (_, at) => `old-${at}`)

/** Data of the first version: its tables, with pending events. */
async function oldData(store: StoreKind): Promise<Data> {
  const data = await openData(store)
  const folder = new URL(`../../../collector/migrations/${store}/`, import.meta.url)
  const now = Date.now()
  const body = JSON.stringify({ user: { ttclid: 'E.C.P.old' }, limitedDataUse: false, privacyReason: 'none' })
  const rows = ids.map(
    (id, at) =>
      `(${at + 1}, '${site.domain}', 'Purchase', '${id}', ${Math.floor(now / 1_000)}, ${now}, 'server', '${body}')`,
  )
  const sql = `create table migrations (number integer primary key, name text not null);
    insert into migrations values (1, '001-outbox.sql');
    ${readFileSync(new URL('001-outbox.sql', folder), 'utf8')};
    insert into events (id, site, event, event_id, event_time, received_at, source, body) values ${rows.join()};
    insert into deliveries (event, vendor, site, due_at) select id, 'tiktok', site, received_at from events;`
  if (store === 'sqlite') {
    const database = new DatabaseSync(join(data.dir, 'tagferry.db'))
    database.exec(`pragma journal_mode = wal; ${sql}`)
    database.close()
  } else await ask(data.env.TAGFERRY_DATABASE_URL as string, sql)
  return data
}

/** 0 for the old schema, 1 for the current one, -1 for a partial one. */
async function stateOf(data: Data): Promise<number> {
  const applied = await data.query<{ number: number }>('select number from migrations')
  const tables =
    data.kind === 'sqlite'
      ? "select name from sqlite_schema where name in ('records', 'hours', 'hour_waits', 'deliveries_skipped')"
      : "select relname as name from pg_class where relname in ('records', 'hours', 'hour_waits', 'deliveries_skipped')"
  const made = (await data.query(tables)).length
  return applied.length > 1 && made === 4 ? 1 : applied.length === 1 && made === 0 ? 0 : -1
}

/** Upgrades old data. @param kill ends a first collector during the migration */
async function upgraded(store: StoreKind, kill?: (data: Data, sink: Sink) => Promise<void>) {
  const sink = await startSink()
  const data = await oldData(store)
  await kill?.(data, sink)
  const state = await stateOf(data)
  const ledger: Ledger = new Set(ids)
  const collector = await startCollector({ data, sink }).catch(() => undefined)
  const { left } = collector ? await waitUntilDrained(data) : { left: pendingEvents }
  await collector?.stop()
  const { checks } = ledgerChecks(ledger, await readStored(data), sink.booked, sink.netDuplicates())
  await sink.down()
  return { checks, state, left, after: await stateOf(data) }
}

/** Sends SIGKILL at the K-th write of the process. A collector writes nothing before its migration. */
const atWrite =
  (k: number, main = unchangedBuild()) =>
  async (data: Data, sink: Sink) => {
    const argv = [
      '-f',
      '-e',
      'trace=pwrite64',
      '-e',
      `inject=pwrite64:signal=KILL:when=${k}`,
      '-o',
      '/dev/null',
    ]
    const child = spawn(strace, [...argv, process.execPath, main], {
      cwd: data.dir,
      env: { PATH: process.env.PATH, ...settingsOf({ data, sink }) },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    killOnExit(child)
    const ended = once(child, 'exit')
    const listening = once(child.stdout, 'data').then(() => child.kill('SIGTERM'))
    await Promise.race([ended, listening])
    await ended
  }

/** Sends SIGKILL while the migration waits for a locked table: its transaction holds everything before that. */
const atLock =
  (main = unchangedBuild()) =>
  async (data: Data, sink: Sink) => {
    const url = data.env.TAGFERRY_DATABASE_URL as string
    const holding = ask(url, 'begin; lock table deliveries; select pg_sleep(8); commit').catch(() => {})
    await sleep(300)
    const child = spawn(process.execPath, [main], {
      env: { PATH: process.env.PATH, ...settingsOf({ data, sink }) },
    })
    killOnExit(child)
    const waits = "select 1 from pg_locks where not granted and relation = 'deliveries'::regclass"
    const blocked = async () => (await data.query(waits)).length > 0
    await waitFor('the migration waits', blocked)
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
    // Else its session would continue once it gets the table.
    const waiting = "select pid from pg_locks where not granted and relation = 'deliveries'::regclass"
    await data.query(`select pg_terminate_backend(pid) from (${waiting}) as waiting`)
    await waitFor('its session has ended', async () => !(await blocked()))
    const holders = "select pid from pg_locks where granted and mode = 'AccessExclusiveLock'"
    await data.query(
      `select pg_terminate_backend(pid) from (${holders}) as holders where pid <> pg_backend_pid()`,
    )
    await holding
  }

/** Starts a collector on data of a later version. */
async function startOnNewer(store: StoreKind) {
  const sink = await startSink()
  const data = await oldData(store)
  await data.query("insert into migrations values (999, '999-later.sql') returning number")
  const printed = await startCollector({ data, sink }).then(
    async (collector) => `started ${await collector.stop()}`,
    (error: Error) => error.message,
  )
  const isExplained =
    /did not start\. The database has schema 999, this program knows \d+\. Start the newer/.test(printed)
  const { states } = await readStored(data)
  await sink.down()
  return { isExplained, events: states.size, requests: sink.batches.length }
}

async function run(store: StoreKind, quick: boolean): Promise<Check[]> {
  const problem = straceProblem()
  if (store === 'sqlite' && problem !== undefined) throw new MissingPrerequisite(problem)
  const older = await upgraded(store)
  const newer = await startOnNewer(store)
  const places = store === 'sqlite' ? (quick ? [2, 12] : [1, 2, 4, 6, 8, 10, 12, 14, 16, 20, 24, 30]) : [0]
  const at = (k: number, main?: string) => (store === 'sqlite' ? atWrite(k, main) : atLock(main))
  const killed = []
  for (const k of places) killed.push(await upgraded(store, at(k)))
  const control = []
  const main = copyCollector(store === 'sqlite' ? 'sqliteMigration' : 'postgresMigration')
  for (const k of store === 'sqlite' ? [8, 12, 16] : [0])
    control.push((await upgraded(store, at(k, main))).state)
  const failed = killed.flatMap(({ checks }) => checks.filter(({ ok }) => !ok))
  return [
    ...older.checks,
    exactly('older: pending events undelivered', older.left, 0),
    exactly('older: upgraded', older.after, 1),
    exactly('newer: refused in a sentence', Number(newer.isExplained), 1),
    exactly('newer: events kept', newer.events, pendingEvents),
    exactly('newer: requests', newer.requests, 0),
    moreThan('killed during the migration', killed.filter(({ state }) => state !== 1).length, 0),
    exactly('a partial schema after a kill', killed.filter(({ state }) => state === -1).length, 0),
    exactly('not upgraded after the next start', killed.filter(({ after }) => after !== 1).length, 0),
    exactly(
      'undelivered after the next start',
      killed.reduce((sum, { left }) => sum + left, 0),
      0,
    ),
    exactly('checks failed after a kill', failed.length, 0),
    moreThan(
      'control: a partial schema without a transaction',
      control.filter((state) => state === -1).length,
      0,
    ),
  ]
}

export const schemas: Row = {
  row: 25,
  name: 'older, newer and half a schema',
  run: ({ store, quick }) => run(store, quick),
}
