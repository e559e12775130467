// Knows that what the machine does loses nothing: SIGTERM under load and a full disk, in small sizes.
import { expect, it } from 'vitest'
import { drain } from '../chaos/drain.js'
import { enospc } from '../chaos/enospc.js'
import { failedChecks } from '../chaos/failed-checks.js'

it('answers what it has stored and ends with 0 on SIGTERM under load, also while TikTok hangs', async () => {
  expect(failedChecks(await drain({ rounds: 1, store: 'sqlite' }))).toEqual([])
})

it('promises nothing while the disk is full, and goes on once there is space', async () => {
  expect(failedChecks(await enospc({ rounds: 1, store: 'sqlite' }))).toEqual([])
})
