// Runs `npm run chaos -- drain` and `npm run chaos -- enospc` in small sizes.
import { expect, it } from 'vitest'
import { drain } from '../chaos/drain.js'
import { enospc } from '../chaos/enospc.js'
import { failedChecks } from '../chaos/failed-checks.js'

it('SIGTERM under load ends the collector with 0 and loses nothing, even while TikTok hangs', async () => {
  expect(failedChecks(await drain({ rounds: 1, store: 'sqlite' }))).toEqual([])
})

it('a full disk is answered 503, and events are accepted again once there is space', async () => {
  expect(failedChecks(await enospc({ rounds: 1, store: 'sqlite' }))).toEqual([])
})
