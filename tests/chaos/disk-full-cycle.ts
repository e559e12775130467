// Fills the disk under a collector, frees it again, and checks what clients and monitors see meanwhile.
import { call } from '../support/http.js'
import { sleep, waitFor } from '../support/wait.js'
import { type Check, exactly, moreThan, within } from './check.js'
import { type Disk, fill } from './disk.js'
import type { Ledger } from './ledger.js'
import { newId, send } from './load.js'

export interface DiskFullOptions {
  origin: string
  disk: Disk
  ledger: Ledger
  /** A control whose safeguards are missing does not become unready. */
  isControl?: boolean
  /** Runs once there is space again. */
  afterFree?: () => Promise<void>
}

export async function diskFullCycle(options: DiskFullOptions): Promise<Check[]> {
  const { origin, disk, ledger, isControl = false, afterFree } = options
  const free = fill(disk, 1_000_000)
  const { refused, rest } = await sendUntilRefused(origin, ledger)
  const noticedMs = isControl ? 0 : await msUntilNotReady(origin)
  free()
  await afterFree?.()
  const recoveredMs = await msUntilAccepted(origin, ledger)
  const ready = await call(origin, { path: '/readyz' })
  return [
    moreThan('503 while the disk is full', refused, 0),
    exactly('503 without Retry-After, and other answers', rest, 0),
    within('ms until /readyz says 503', noticedMs, 12_000),
    within('ms until 202 once there is space', recoveredMs, 5_000),
    exactly('/readyz afterwards', ready.status, 200),
  ]
}

/** The check of /readyz writes less than an event, so it may still succeed for a while after the first refusal. */
async function msUntilNotReady(origin: string): Promise<number> {
  const startedAt = Date.now()
  await waitFor(
    '/readyz says 503',
    async () => (await call(origin, { path: '/readyz' })).status === 503,
    120_000,
  ).catch(() => {})
  return Date.now() - startedAt
}

async function msUntilAccepted(origin: string, ledger: Ledger): Promise<number> {
  const startedAt = Date.now()
  await waitFor('202', async () => (await send(origin, [newId()], ledger)).status === 202).catch(() => {})
  const ms = Date.now() - startedAt
  // /readyz remembers its last check for a second.
  await sleep(1_100)
  return ms
}

/** Eight clients send until each has been refused three times in a row. */
async function sendUntilRefused(origin: string, ledger: Ledger) {
  let refused = 0
  let rest = 0
  const client = async () => {
    for (let sent = 0, inRow = 0; sent < 5_000 && inRow < 3; sent++) {
      const { status, retryAfter } = await send(origin, [newId()], ledger)
      inRow = status === 202 ? 0 : inRow + 1
      if (status === 503 && Number(retryAfter) > 0) refused++
      else if (status !== 202) rest++
    }
  }
  await Promise.all(Array.from({ length: 8 }, client))
  return { refused, rest }
}
