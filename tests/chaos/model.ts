// Knows the proof that the store does what its model does, whatever happens to it in whatever order.
import fc from 'fast-check'
import { commands, newConnections } from '../model/commands.js'
import { Reference } from '../model/reference.js'
import { type Real, type Sight, sights } from '../model/step.js'
import { type NewData, postgres, sqlite, start } from '../model/stores.js'
import type { Safeguard } from './build-copy.js'
import { atMost, type Check, exactly, moreThan } from './check.js'
import { openData, type StoreKind } from './data.js'

/** What is to be noticed of a store whose defence was taken out. */
const broken = {
  fencing: 'a late holder settles',
  hold: 'two hold one delivery',
  dedup: 'a duplicate replaces the first',
  line: 'the newest is claimed first',
  paused: 'a pause holds nothing back',
  consent: 'a withdrawal stops nothing',
  waiting: 'what waits is purged',
} as const satisfies Partial<Record<Safeguard, string>>

/** So many runs are a test's, which must end in time. */
const small = 60
/** Runs after which a broken store counts as unnoticed. */
const patience = 300

export async function model({ rounds, store }: { rounds: number; store: StoreKind }): Promise<Check[]> {
  const seed = Date.now() % 1_000_000
  const newData =
    store === 'sqlite' ? sqlite() : postgres((await openData(store)).env.TAGFERRY_DATABASE_URL ?? '')
  return [...(await differences(newData, rounds, seed)), ...(await controls(seed))]
}

/** @param seed the same one makes the same runs */
export async function differences(newData: NewData, runs: number, seed: number): Promise<Check[]> {
  const found = await explore(newData, runs, seed)
  if (found.report) console.log(found.report)
  return [
    exactly(`runs that differ from the model, seed ${seed}`, found.report ? 1 : 0, 0),
    moreThan(`steps of ${found.runs} runs, each compared with it`, found.steps, runs),
    ...sights.map((sight) => moreThan(`${sight} among them`, found.seen.get(sight) ?? 0, 0)),
  ]
}

/** Always on SQLite: what runs and compares is the same. */
export async function controls(seed: number): Promise<Check[]> {
  const checks: Check[] = []
  for (const [defence, what] of Object.entries(broken)) {
    const { runs, report } = await explore(sqlite(defence as Safeguard), patience, seed, true)
    const title = `control, SQLite: runs until it is noticed that ${what}`
    checks.push({ ...atMost(title, runs, patience), ok: report !== undefined })
  }
  return checks
}

/** Runs sequences until one differs from the model; the shortest such sequence is then the report. */
async function explore(newData: NewData, numRuns: number, seed: number, quick = false) {
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
    endOnFailure: quick,
    // Looking for a shorter sequence may take minutes: that much is enough of it.
    ...(numRuns <= small && { interruptAfterTimeLimit: 150_000, markInterruptAsFailure: true }),
  })
  const report = result.failed ? fc.defaultReportMessage(result) : undefined
  return { seen, steps, runs: result.numRuns, report }
}
