// Knows the row about schemas: an older one is brought up to date, a newer one refused, and none is ever half of one.
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
import { sleep } from '../../support/wait.js'
import { MissingPrerequisite, type Row } from '../row.js'
import { eventually } from '../scenario.js'

const waiting = 500
const ids = Array.from({ length: waiting }, (_, at) => `old-${at}`)

/** What the first version left behind: its tables, and events that wait. */
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

/** 0: as it was. 1: all of the new one. Anything else is half of it. */
async function stateOf(data: Data): Promise<number> {
  const applied = await data.query<{ number: number }>('select number from migrations')
  const tables =
    data.kind === 'sqlite'
      ? "select name from sqlite_schema where name in ('records', 'hours', 'hour_waits', 'deliveries_skipped')"
      : "select relname as name from pg_class where relname in ('records', 'hours', 'hour_waits', 'deliveries_skipped')"
  const made = (await data.query(tables)).length
  return applied.length > 1 && made === 4 ? 1 : applied.length === 1 && made === 0 ? 0 : -1
}

/** @param kill ends the collector in the middle of the migration */
async function upgraded(store: StoreKind, kill?: (data: Data, sink: Sink) => Promise<void>) {
  const sink = await startSink()
  const data = await oldData(store)
  await kill?.(data, sink)
  const state = await stateOf(data)
  const ledger: Ledger = new Set(ids)
  const collector = await startCollector({ data, sink }).catch(() => undefined)
  const { left } = collector ? await waitUntilDrained(data, 30_000) : { left: waiting }
  await collector?.stop()
  const { checks } = ledgerChecks(ledger, await readStored(data), sink.booked, sink.netDuplicates())
  await sink.down()
  return { checks, state, left, after: await stateOf(data) }
}

/** SIGKILL at the K-th write of its life; a new collector writes nothing before its migration. */
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

/** SIGKILL while it waits for a table that another holds: what it has made before is there, in its transaction. */
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
    await eventually('the migration waits', blocked, 7_000)
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
    // Or its session would go on once it has the table.
    const waiting = "select pid from pg_locks where not granted and relation = 'deliveries'::regclass"
    await data.query(`select pg_terminate_backend(pid) from (${waiting}) as waiting`)
    await eventually('its session has ended', async () => !(await blocked()))
    const holders = "select pid from pg_locks where granted and mode = 'AccessExclusiveLock'"
    await data.query(
      `select pg_terminate_backend(pid) from (${holders}) as holders where pid <> pg_backend_pid()`,
    )
    await holding
  }

/** A file or a database of a program that does not exist yet. */
async function newer(store: StoreKind) {
  const sink = await startSink()
  const data = await oldData(store)
  await data.query("insert into migrations values (999, '999-later.sql') returning number")
  const printed = await startCollector({ data, sink }).then(
    async (collector) => `started ${await collector.stop()}`,
    (error: Error) => error.message,
  )
  const said = /did not start\. The database has schema 999, this program knows \d+\. Start the newer/.test(
    printed,
  )
  const { fates } = await readStored(data)
  await sink.down()
  return { said, kept: fates.size, sent: sink.batches.length }
}

async function run(store: StoreKind, quick: boolean): Promise<Check[]> {
  const trouble = straceProblem()
  if (store === 'sqlite' && trouble !== undefined) throw new MissingPrerequisite(trouble)
  const plain = await upgraded(store)
  const refused = await newer(store)
  const places = store === 'sqlite' ? (quick ? [2, 12] : [1, 2, 4, 6, 8, 10, 12, 14, 16, 20, 24, 30]) : [0]
  const at = (k: number, main?: string) => (store === 'sqlite' ? atWrite(k, main) : atLock(main))
  const killed = []
  for (const k of places) killed.push(await upgraded(store, at(k)))
  const control = []
  const main = copyCollector(store === 'sqlite' ? 'whole' : 'wholePostgres')
  for (const k of store === 'sqlite' ? [8, 12, 16] : [0])
    control.push((await upgraded(store, at(k, main))).state)
  const bad = killed.flatMap(({ checks }) => checks.filter(({ ok }) => !ok))
  return [
    ...plain.checks,
    exactly('older: waiting events undelivered', plain.left, 0),
    exactly('older: brought up to date', plain.after, 1),
    exactly('newer: refused in a sentence', Number(refused.said), 1),
    exactly('newer: events kept', refused.kept, waiting),
    exactly('newer: requests', refused.sent, 0),
    moreThan('killed amid the migration', killed.filter(({ state }) => state !== 1).length, 0),
    exactly('half a schema after a kill', killed.filter(({ state }) => state === -1).length, 0),
    exactly('not up to date after the next start', killed.filter(({ after }) => after !== 1).length, 0),
    exactly(
      'undelivered after the next start',
      killed.reduce((sum, { left }) => sum + left, 0),
      0,
    ),
    exactly('promises broken by a kill', bad.length, 0),
    moreThan(
      'control: half a schema without a transaction',
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
