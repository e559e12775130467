// Runs random sequences of store operations, and compares every step with a model.
import fc from 'fast-check'
import { commands, newConnections } from '../model/commands.js'
import { Reference } from '../model/reference.js'
import { type Real, type Sight, sights } from '../model/step.js'
import { type NewData, postgres, sqlite, start } from '../model/stores.js'
import type { Safeguard } from './build-copy.js'
import { atMost, type Check, exactly, moreThan } from './check.js'
import { openData, type StoreKind } from './data.js'

/** What the comparison must find in a store without a safeguard. */
const effects = {
  sqliteFence: 'a late holder settles',
  sqliteClaim: 'two hold one delivery',
  deduplication: 'a duplicate replaces the first',
  oldestFirst: 'the newest is claimed first',
  pausedConnection: 'a pause holds nothing back',
  withdrawal: 'a withdrawal stops nothing',
  pendingRetention: 'pending events are purged',
} as const satisfies Partial<Record<Safeguard, string>>

/** Up to this number, the runs are those of a test, which must end in time. */
const maxTestRuns = 60
/** Runs after which a missing safeguard counts as not found. */
const maxControlRuns = 300

export async function model({ rounds, store }: { rounds: number; store: StoreKind }): Promise<Check[]> {
  const seed = Date.now() % 1_000_000
  const newData =
    store === 'sqlite' ? sqlite() : postgres((await openData(store)).env.TAGFERRY_DATABASE_URL ?? '')
  return [...(await differences(newData, rounds, seed)), ...(await controls(seed))]
}

/** @param seed the same seed gives the same runs */
export async function differences(newData: NewData, runs: number, seed: number): Promise<Check[]> {
  const found = await explore(newData, runs, seed)
  if (found.report) console.log(found.report)
  return [
    exactly(`runs that differ from the model, seed ${seed}`, found.report ? 1 : 0, 0),
    moreThan(`steps of ${found.runs} runs, each compared with it`, found.steps, runs),
    ...sights.map((sight) => moreThan(`${sight} among them`, found.seen.get(sight) ?? 0, 0)),
  ]
}

/** Always on SQLite, because the same code runs and compares both stores. */
export async function controls(seed: number): Promise<Check[]> {
  const checks: Check[] = []
  for (const [safeguard, effect] of Object.entries(effects)) {
    const { runs, report } = await explore(sqlite(safeguard as Safeguard), maxControlRuns, seed, true)
    const title = `control, SQLite: runs until it is found that ${effect}`
    checks.push({ ...atMost(title, runs, maxControlRuns), ok: report !== undefined })
  }
  return checks
}

/** Runs sequences until one differs from the model. The report is the shortest such sequence. */
async function explore(newData: NewData, numRuns: number, seed: number, endOnFailure = false) {
  const seen = new Map<Sight, number>()
  let steps = 0
  const property = fc.asyncProperty(commands(60), async (sequence) => {
    const data = await newData()
    const real: Real = {
      store: await data.open(),
      leases: [],
      connections: newConnections(),
      async crash() {
        await real.store.close()
        real.store = await data.open()
      },
      saw: (what) => seen.set(what, (seen.get(what) ?? 0) + 1),
    }
    try {
      await fc.asyncModelRun(() => ({ model: new Reference(start), real }), sequence)
      steps += [...sequence].length
    } finally {
      await real.store.close()
      await data.remove()
    }
  })
  const result = await fc.check(property, {
    numRuns,
    seed,
    endOnFailure,
    // The search for a shorter sequence may take minutes.
    ...(numRuns <= maxTestRuns && { interruptAfterTimeLimit: 480_000, markInterruptAsFailure: true }),
  })
  const report = result.failed ? fc.defaultReportMessage(result) : undefined
  return { seen, steps, runs: result.numRuns, report }
}
