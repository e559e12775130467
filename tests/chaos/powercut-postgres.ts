// Cuts the power of a whole PostgreSQL cluster: its image is copied while all of its processes are stopped.
import { startPostgres } from '../support/postgres.js'
import { sleep, waitFor } from '../support/wait.js'
import { type Check, exactly } from './check.js'
import { startCollector, waitUntilDrained } from './collector.js'
import { dataInPostgres, expireLeases, readStored } from './data.js'
import { mountImage } from './disk.js'
import { auditLedger, type Ledger, ledgerChecks } from './ledger.js'
import { startLoad } from './load.js'
import { startSink } from './sink.js'

/** Keep the write-ahead log within the size of the image. */
const small = ['max_wal_size=64MB', 'min_wal_size=32MB']

/** Cuts the power once. @param main a collector that accepts commits that are not durable; then they are not */
export async function cutPostgres(main?: string) {
  const disk = mountImage(400)
  const unsafe = main ? ['synchronous_commit=off', 'wal_writer_delay=1s'] : []
  const postgres = await startPostgres({ dir: disk.dir, settings: [...small, ...unsafe] })
  const url = await postgres.database()
  const sink = await startSink()
  const ledger: Ledger = new Set()
  const collector = await startCollector({
    data: dataInPostgres(postgres, url),
    sink,
    ...(main && { main }),
  })
  const load = startLoad({ origin: collector.origin, ledger })
  await waitFor('the first 202', () => ledger.size > 0)
  await sleep(400 + Math.random() * 800)
  for (const pid of postgres.server.pids()) process.kill(pid, 'SIGSTOP')
  // Answers to earlier commits are still on their way to the clients, and count as acknowledged.
  await sleep(200)
  const after = disk.cut()
  await collector.kill()
  await load.stop()
  await postgres.server.kill()
  disk.unmount()
  const revived = await startPostgres({ dir: after.dir, settings: small, existing: true })
  const data = dataInPostgres(revived, revived.urlOf(new URL(url).pathname.slice(1)))
  const { lost } = auditLedger(ledger, await readStored(data), sink.booked)
  const checks: Check[] = main ? [] : await deliver()
  await revived.stop()
  after.unmount()
  disk.remove()
  await sink.down()
  return { checks, lost: lost.length, acknowledged: ledger.size }

  async function deliver(): Promise<Check[]> {
    await expireLeases(data)
    const next = await startCollector({ data, sink })
    const { left } = await waitUntilDrained(data)
    await next.stop()
    const { checks } = ledgerChecks(ledger, await readStored(data), sink.booked, sink.netDuplicates())
    return [
      ...checks,
      exactly('lost before the restart', lost.length, 0),
      exactly('events and deliveries without each other', await countUnmatched(), 0),
      exactly('undelivered at the end', left, 0),
    ]
  }

  async function countUnmatched(): Promise<number> {
    const [row] = await data.query<{ n: number }>(
      `select count(*)::int as n from events full join deliveries on deliveries.event = events.id
       where events.id is null or (deliveries.event is null and events.skip_reason is null)`,
    )
    return row?.n ?? -1
  }
}
