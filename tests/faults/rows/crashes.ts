// Rows that run experiments of `npm run chaos`: disks, kills, power cuts, SIGTERM, races and suspended collectors.
import type { Check, Skipped } from '../../chaos/check.js'
import { drain } from '../../chaos/drain.js'
import { enospc } from '../../chaos/enospc.js'
import { kill9 } from '../../chaos/kill9.js'
import { powercut } from '../../chaos/powercut.js'
import { race } from '../../chaos/race.js'
import { secondSigterm } from '../../chaos/second-sigterm.js'
import { straceProblem } from '../../chaos/strace.js'
import { suspended } from '../../chaos/suspended.js'
import { failedSync, kills } from '../../chaos/syscalls.js'
import { MissingPrerequisite, type Row } from '../row.js'

function checksOf(result: Check[] | Skipped): Check[] {
  if ('skipped' in result) throw new MissingPrerequisite(result.skipped)
  return result
}

function requireStrace(): void {
  const problem = straceProblem()
  if (problem !== undefined) throw new MissingPrerequisite(problem)
}

export const fullDisk: Row = {
  row: 20,
  name: 'no space for data',
  run: async ({ store, quick }) => checksOf(await enospc({ rounds: quick ? 1 : 3, store })),
}

export const failedSyncs: Row = {
  row: 22,
  name: 'fsync fails',
  async run() {
    requireStrace()
    return failedSync()
  },
}

export const powerCut: Row = {
  row: 26,
  name: 'power cut',
  run: async ({ store, quick }) => checksOf(await powercut({ rounds: quick ? 1 : 5, store })),
}

export const killed: Row = {
  row: 27,
  name: 'kill -9 at random',
  run: ({ store, quick }) => kill9({ rounds: quick ? 3 : 20, store }),
}

export const killedAtCalls: Row = {
  row: 28,
  name: 'killed at a write or sync',
  async run({ quick }) {
    requireStrace()
    return kills(quick ? 4 : 20)
  },
}

export const terminated: Row = {
  row: 29,
  name: 'SIGTERM under load',
  run: async ({ store, quick }) => [
    ...(await drain({ rounds: quick ? 1 : 3, store })),
    ...(await secondSigterm(store)),
  ],
}

export const sleptOver: Row = {
  row: 30,
  name: 'stopped longer than the lease',
  run: ({ quick }) => suspended({ patient: !quick }),
}

export const raced: Row = {
  row: 36,
  name: 'collectors race',
  run: ({ quick }) =>
    quick
      ? race({ rounds: 2, n: 2, events: 2_000 })
      : race({ rounds: 20, n: 8, events: 100_000, patient: true }),
}
