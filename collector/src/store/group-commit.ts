/** Group commit: many requests share one commit, without a fixed delay. Knows no database. */
import { type Row, toRow } from './row.js'
import { type Entry, StoreUnavailable, type Verdict } from './store.js'

export type Counted = Extract<Entry, { kind: 'counted' }>

export interface Groups {
  append(entries: readonly Entry[]): Promise<Verdict[]>
  /** Resolves when nothing waits and nothing is being committed. */
  idle(): Promise<void>
}

/** Rows in one commit: bounds how long the last of a burst waits. */
const groupLimit = 2_000
/** One is being committed, one is on its way. */
const groupsInFlight = 2

interface Waiting {
  rows: Row[]
  counted: Counted[]
  resolve: (verdicts: Verdict[]) => void
  reject: (error: Error) => void
}

/** @param commit stores rows and counts durably, and gives a verdict for each row */
export function createGroups(commit: (rows: Row[], counted: Counted[]) => Promise<Verdict[]>): Groups {
  let waiting: Waiting[] = []
  let groups = 0
  let scheduled = false
  let whenIdle: (() => void)[] = []

  // Whatever arrives in one turn of the event loop is one group; while it commits the next one gathers.
  const schedule = () => {
    if (scheduled || groups >= groupsInFlight) return
    scheduled = true
    setImmediate(() => {
      scheduled = false
      if (waiting.length > 0) void run(takeGroup())
    })
  }
  const run = async (group: Waiting[]) => {
    groups++
    try {
      const verdicts = await commit(
        group.flatMap(({ rows }) => rows),
        group.flatMap(({ counted }) => counted),
      )
      let at = 0
      for (const { rows, resolve } of group) {
        resolve(verdicts.slice(at, at + rows.length))
        at += rows.length
      }
    } catch (error) {
      for (const one of group) one.reject(error as Error)
      // The commit has had its patience; those behind it must not each wait as long again.
      if (error instanceof StoreUnavailable) {
        for (const one of waiting) one.reject(error)
        waiting = []
      }
    }
    groups--
    if (waiting.length > 0) schedule()
    else if (groups === 0) {
      for (const resolve of whenIdle) resolve()
      whenIdle = []
    }
  }
  const takeGroup = () => {
    let size = 0
    let count = 0
    while (count < waiting.length && (count === 0 || size < groupLimit))
      size += waiting[count++]?.rows.length ?? 0
    const group = waiting.slice(0, count)
    waiting = waiting.slice(count)
    return group
  }

  return {
    async append(entries) {
      const counted = entries.filter((entry) => entry.kind === 'counted')
      const rows = entries.flatMap((entry) => toRow(entry) ?? [])
      const verdicts = await new Promise<Verdict[]>((resolve, reject) => {
        waiting.push({ rows, counted, resolve, reject })
        schedule()
      })
      return spread(entries, verdicts)
    },
    idle: () =>
      new Promise((resolve) => {
        if (groups === 0 && waiting.length === 0) resolve()
        else whenIdle.push(resolve)
      }),
  }
}

/** Verdicts of the rows, with `stored` for what was only counted. */
function spread(entries: readonly Entry[], verdicts: readonly Verdict[]): Verdict[] {
  let at = 0
  return entries.map((entry) => (entry.kind === 'counted' ? 'stored' : (verdicts[at++] ?? 'refused')))
}
