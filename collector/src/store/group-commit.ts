/** Group commit: concurrent requests share one commit, without a fixed delay. Independent of the database. */
import { type Row, toRow } from './row.js'
import { type Entry, StoreUnavailable, type Verdict } from './store.js'

export type RejectedEntry = Extract<Entry, { kind: 'rejected' }>

export interface GroupCommit {
  append(entries: readonly Entry[]): Promise<Verdict[]>
  /** Resolves when nothing waits and no commit is in flight. */
  idle(): Promise<void>
}

/** Stores rows and rejected samples durably, and returns a verdict for each row. */
export type Commit = (rows: Row[], rejected: RejectedEntry[]) => Promise<Verdict[]>

/** Rows in one commit: bounds how long the last request of a burst waits. */
const maxGroupRows = 2_000
/** One group is being committed while the next one is on its way to the database. */
const maxGroupsInFlight = 2

interface Request {
  rows: Row[]
  rejected: RejectedEntry[]
  resolve: (verdicts: Verdict[]) => void
  reject: (error: Error) => void
}

interface State {
  commit: Commit
  waiting: Request[]
  groupsInFlight: number
  isScheduled: boolean
  whenIdle: (() => void)[]
}

export function createGroupCommit(commit: Commit): GroupCommit {
  const state: State = { commit, waiting: [], groupsInFlight: 0, isScheduled: false, whenIdle: [] }
  return {
    async append(entries) {
      const rejected = entries.filter((entry) => entry.kind === 'rejected')
      const rows = entries.flatMap((entry) => toRow(entry) ?? [])
      const verdicts = await new Promise<Verdict[]>((resolve, reject) => {
        state.waiting.push({ rows, rejected, resolve, reject })
        schedule(state)
      })
      return verdictsOf(entries, verdicts)
    },
    idle: () =>
      new Promise((resolve) => {
        if (state.groupsInFlight === 0 && state.waiting.length === 0) resolve()
        else state.whenIdle.push(resolve)
      }),
  }
}

/** The requests of one turn of the event loop form a group. The next group gathers during its commit. */
function schedule(state: State): void {
  if (state.isScheduled || state.groupsInFlight >= maxGroupsInFlight) return
  state.isScheduled = true
  setImmediate(() => {
    state.isScheduled = false
    if (state.waiting.length > 0) void commitGroup(state, takeGroup(state))
  })
}

function takeGroup(state: State): Request[] {
  let rows = 0
  let count = 0
  while (count < state.waiting.length && (count === 0 || rows < maxGroupRows))
    rows += state.waiting[count++]?.rows.length ?? 0
  const group = state.waiting.slice(0, count)
  state.waiting = state.waiting.slice(count)
  return group
}

async function commitGroup(state: State, group: Request[]): Promise<void> {
  state.groupsInFlight++
  try {
    const verdicts = await state.commit(
      group.flatMap(({ rows }) => rows),
      group.flatMap(({ rejected }) => rejected),
    )
    let at = 0
    for (const { rows, resolve } of group) {
      resolve(verdicts.slice(at, at + rows.length))
      at += rows.length
    }
  } catch (error) {
    rejectAll(group, error as Error)
    // The commit has already waited for the store. The requests behind it must not each wait as long again.
    if (error instanceof StoreUnavailable) {
      rejectAll(state.waiting, error)
      state.waiting = []
    }
  }
  state.groupsInFlight--
  if (state.waiting.length > 0) schedule(state)
  else if (state.groupsInFlight === 0) {
    for (const resolve of state.whenIdle) resolve()
    state.whenIdle = []
  }
}

function rejectAll(requests: readonly Request[], error: Error): void {
  for (const { reject } of requests) reject(error)
}

/** The verdicts of all entries: a rejected one has no row and counts as stored. */
function verdictsOf(entries: readonly Entry[], ofRows: readonly Verdict[]): Verdict[] {
  let at = 0
  return entries.map((entry) => (entry.kind === 'rejected' ? 'stored' : (ofRows[at++] ?? 'refused')))
}
