// Knows how clients and a monitor notice that nothing can be stored any more.
import { call } from '../support/http.js'
import { sleep } from '../support/wait.js'
import type { Ledger } from './ledger.js'
import { newId, send } from './load.js'

/** A heartbeat is smaller than an event: while a few pages are left of a refused one, it still fits. */
export async function waitUntilNotReady(origin: string): Promise<number> {
  const began = Date.now()
  for (;;) {
    const { status } = await call(origin, { path: '/readyz' })
    const ms = Date.now() - began
    if (status === 503 || ms > 12_000) return ms
    await sleep(100)
  }
}

/** Eight clients, until each has been refused three times in a row. */
export async function sendUntilRefused(origin: string, ledger: Ledger) {
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
