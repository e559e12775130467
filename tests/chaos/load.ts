// Sends events as many shops do at once, and notes every 202 in the ledger.
import { Agent } from 'node:http'
import { apiKey, browserBody, browserHeaders, serverBody } from '../../bench/conversion.js'
import { call } from '../support/http.js'
import { sleep } from '../support/wait.js'
import type { Ledger } from './ledger.js'

export interface Sent {
  /** 0 if the connection broke before the answer. */
  status: number
  retryAfter: string | undefined
}

export interface Load {
  /** Number of answers so far by status; 0 for none. */
  answers: Map<number, number>
  /** Ids of events without an answer. */
  unanswered: string[]
  /** Sends no new requests, and waits for the running ones. */
  stop(): Promise<void>
}

export interface LoadOptions {
  origin: string
  ledger: Ledger
  /** Connections. */
  clients?: number
  /** Requests a second of all clients together; without it as many as possible. */
  rate?: number
  /** Ids of earlier events without an answer. They are sent first, as a shop would. */
  again?: string[]
}

let last = 0
export const newId = (): string => `c${process.pid}-${++last}`

/** Sends one request. One event goes as a page would send it, several as a server would. */
export async function send(
  origin: string,
  ids: string[],
  ledger: Ledger,
  agent?: Agent,
  silenceMs = 20_000,
): Promise<Sent> {
  const fromPage = ids.length === 1
  const headers = fromPage
    ? browserHeaders
    : { 'content-type': 'application/json', authorization: `Bearer ${apiKey}` }
  const answer = await call(origin, {
    method: 'POST',
    path: fromPage ? '/e' : '/v1/events',
    headers,
    body: fromPage ? browserBody(ids[0] as string) : serverBody(ids),
    silenceMs,
    ...(agent && { agent }),
  }).catch(() => undefined)
  if (!answer) return { status: 0, retryAfter: undefined }
  if (answer.status === 202) for (const id of (answer.json as { ids: string[] }).ids) ledger.add(id)
  return { status: answer.status, retryAfter: answer.headers['retry-after'] as string | undefined }
}

export function startLoad({ origin, ledger, clients = 32, rate, again = [] }: LoadOptions): Load {
  const agent = new Agent({ keepAlive: true, maxSockets: clients })
  const load: Omit<Load, 'stop'> = { answers: new Map(), unanswered: [] }
  const intervalMs = rate ? (clients / rate) * 1_000 : 0
  let stopped = false
  const client = async () => {
    while (!stopped) {
      const startedAt = performance.now()
      const id = again.pop() ?? newId()
      const { status } = await send(origin, [id], ledger, agent)
      load.answers.set(status, (load.answers.get(status) ?? 0) + 1)
      if (status === 0) {
        load.unanswered.push(id)
        await sleep(20)
      }
      const rest = intervalMs - (performance.now() - startedAt)
      if (rest > 0) await sleep(rest)
    }
  }
  const ended = Promise.all(Array.from({ length: clients }, client))
  return {
    ...load,
    async stop() {
      stopped = true
      await ended
      agent.destroy()
    },
  }
}
