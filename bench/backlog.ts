// Measures an outbox with a million pending deliveries: claims, counts, memory, and the speed of delivery.
import { startTunedPostgres } from './database.js'
import { connection, fill, type Outbox, postgresOutbox, sqliteOutbox } from './outbox.js'
import { residentMb, sleep, startMeasuredCollector, startSink } from './processes.js'
import { goal, median, ms, whole } from './table.js'

const claims = 9
const claimSize = 1_000
const leaseMs = 60_000

/** Returns the number of databases that claim without the index of pending deliveries. */
export async function backlog({ events = 1_000_000, seconds = 15 } = {}): Promise<number> {
  const postgres = await startTunedPostgres()
  try {
    let errors = 0
    for (const open of [sqliteOutbox, () => postgresOutbox(postgres)]) {
      const outbox = await open()
      errors += await measure(outbox, events)
      await outbox.store.close()
      await drain(outbox, seconds)
    }
    return errors
  } finally {
    await postgres.stop()
  }
}

async function measure(outbox: Outbox, events: number): Promise<number> {
  const { name, store } = outbox
  const rowsPerSecond = await fill(outbox, events)
  console.log(
    `\n${name}: ${whole(events)} pending, filled at ${whole(rowsPerSecond)} a second, ${whole((await outbox.size()) / events)} bytes each\n`,
  )
  const plan = await outbox.plan()
  for (const line of plan) console.log(`  ${line}`)
  console.log()
  const times = await timed(claims, async () => {
    const { deliveries } = await store.claim(connection, Date.now(), claimSize, leaseMs)
    if (deliveries.length !== claimSize) throw new Error(`A claim returned ${deliveries.length} deliveries.`)
  })
  const longest = Math.max(...times)
  const title = `${name}: claim of ${whole(claimSize)}, ms`
  goal(`${title}, median of ${claims}`, median(times), median(times) <= 50, '≤ 50')
  goal(`${title}, longest`, longest, longest <= 50, '≤ 50')
  const counts = await timed(3, () => store.queues())
  goal(`${name}: counting what is pending, ms`, median(counts), median(counts) <= 250, '≤ 250')
  const indexed =
    plan.some((line) => line.includes('deliveries_due')) &&
    !plan.some((line) => line.includes('Seq Scan on deliveries'))
  console.log(`${indexed ? 'PASS' : 'FAIL'}  ${name}: the claim uses the partial index`)
  return indexed ? 0 : 1
}

async function drain({ name, dataDir, env }: Outbox, seconds: number): Promise<void> {
  const sink = await startSink()
  await sink.set({ mode: 'hold' })
  const startedAt = performance.now()
  const collector = await startMeasuredCollector(sink, env, dataDir)
  console.log(`${name}: listening ${ms(performance.now() - startedAt)} ms after its start`)
  try {
    await sleep(2_000)
    let maxMb = residentMb(collector.pid) ?? Number.NaN
    await sink.set({ mode: 'answer' })
    for (let second = 0; second < seconds; second++) {
      await sleep(1_000)
      maxMb = Math.max(maxMb, residentMb(collector.pid) ?? 0)
    }
    const { released } = await sink.stats()
    const rate = released.events / (released.elapsedMs / 1_000)
    goal(`${name}: delivered a second`, rate, rate >= 2_000, '≥ 2,000')
    goal(`${name}: maximum resident memory of the collector, MB`, maxMb, maxMb <= 256, '≤ 256')
  } finally {
    await collector.stop()
    await sink.stop()
  }
}

async function timed(times: number, work: () => Promise<unknown>): Promise<number[]> {
  const all: number[] = []
  for (let i = 0; i < times; i++) {
    const startedAt = performance.now()
    await work()
    all.push(performance.now() - startedAt)
  }
  return all
}
