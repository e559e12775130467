// Knows how shops send: many keep-alive clients, each event with an id of its own, each 202 noted in the ledger.
import { Agent, request } from 'node:http'
import { apiKey, browserBody, browserHeaders, serverBody } from '../../bench/conversion.js'
import { sleep } from '../support/wait.js'
import type { Ledger } from './ledger.js'

export interface Sent {
  /** 0 where the connection broke before the answer. */
  status: number
  retryAfter: string | undefined
}

export interface Load {
  /** Answers so far, by status; 0 for none. */
  answers: Map<number, number>
  /** Ids that were sent and got no answer. */
  unanswered: string[]
  /** Lets the requests in flight end. */
  stop(): Promise<void>
}

export interface LoadOptions {
  origin: string
  ledger: Ledger
  clients?: number
  /** Requests a second of all clients together; without it as many as go. */
  rate?: number
  /** Ids that got no answer before: they are sent first, as a shop would. */
  again?: string[]
}

let last = 0
export const newId = (): string => `c${process.pid}-${++last}`

/** One request; what a 202 lists goes into the ledger. */
export function send(
  origin: string,
  ids: string[],
  ledger: Ledger,
  agent?: Agent,
  timeout = 20_000,
): Promise<Sent> {
  const single = ids.length === 1
  const body = single ? browserBody(ids[0] as string) : serverBody(ids)
  const headers = single
    ? browserHeaders
    : { 'content-type': 'application/json', authorization: `Bearer ${apiKey}` }
  return new Promise((resolve) => {
    const broken = () => resolve({ status: 0, retryAfter: undefined })
    const options = {
      method: 'POST',
      agent,
      timeout,
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    }
    const sent = request(`${origin}${single ? '/e' : '/v1/events'}`, options, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.once('error', broken)
      response.once('end', () => {
        const status = response.statusCode ?? 0
        if (status === 202) for (const id of JSON.parse(Buffer.concat(chunks).toString()).ids) ledger.add(id)
        resolve({ status, retryAfter: response.headers['retry-after'] })
      })
    })
    sent.once('timeout', () => sent.destroy())
    sent.once('error', broken)
    sent.end(body)
  })
}

export function startLoad({ origin, ledger, clients = 32, rate, again = [] }: LoadOptions): Load {
  const agent = new Agent({ keepAlive: true, maxSockets: clients })
  const load: Omit<Load, 'stop'> = { answers: new Map(), unanswered: [] }
  const pause = rate ? (clients / rate) * 1_000 : 0
  let stopped = false
  const client = async () => {
    while (!stopped) {
      const began = performance.now()
      const id = again.pop() ?? newId()
      const { status } = await send(origin, [id], ledger, agent)
      load.answers.set(status, (load.answers.get(status) ?? 0) + 1)
      if (status === 0) {
        load.unanswered.push(id)
        await sleep(20)
      }
      const rest = pause - (performance.now() - began)
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
