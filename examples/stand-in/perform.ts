/** Knows how an answer leaves: in time, late, by drops, broken, or never. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Response } from 'express'
import type { Answer } from './answers.js'
import { CODES } from './codes.js'

/** TikTok's envelope. */
export interface Envelope {
  code: number
  message: string
  request_id: string
  data: unknown
}

const BODIES = {
  html: [
    'text/html',
    '<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center><hr><center>nginx</center></body></html>\n',
  ],
  empty: ['application/json', ''],
  text: ['text/plain', 'upstream connect error or disconnect/reset before headers'],
} as const

/** What goes over the wire, or null for a hang and a cut. */
export interface Planned {
  status: number
  type: string
  body: string
  envelope: Envelope | null
}

const json = (status: number, envelope: Envelope): Planned => ({
  status,
  type: 'application/json',
  body: JSON.stringify(envelope),
  envelope,
})

/** Pure: which status and body an ordered answer means; `normal` is what the request deserves. */
export const plan = (answer: Answer | undefined, normal: Envelope): Planned | null => {
  if (!answer || answer.kind === 'normal' || answer.kind === 'drip')
    return json(answer?.status ?? 200, normal)
  if (answer.kind === 'hang' || answer.kind === 'reset') return null
  if (answer.kind === 'code') {
    const code = answer.code ?? 50000
    return json(answer.status ?? 200, {
      ...normal,
      code,
      message: answer.message ?? CODES.get(code) ?? `Code ${code}, as ordered.`,
      data: {},
    })
  }
  const status = answer.status ?? 502
  if (answer.body === 'json')
    return json(status, { ...normal, code: answer.code ?? 50000, message: answer.message ?? 'As ordered.' })
  const [type, body] = BODIES[answer.body ?? 'html']
  return { status, type, body, envelope: null }
}

/** A few words for the inspector's list. */
export const describe = (answer: Answer): string =>
  [
    answer.kind === 'code' ? `code ${answer.code ?? 50000}` : answer.kind,
    answer.kind === 'http' ? `${answer.status ?? 502} ${answer.body ?? 'html'}` : answer.status,
    answer.retryAfter !== undefined && `Retry-After ${answer.retryAfter}`,
    answer.delayMs && `after ${answer.delayMs} ms`,
    answer.taken && 'taken',
  ]
    .filter(Boolean)
    .join(', ')

const drip = async (
  response: Response,
  body: string,
  everyMs: number,
  signal: AbortSignal,
): Promise<void> => {
  for (const byte of Buffer.from(body)) {
    response.write(Buffer.of(byte))
    await sleep(everyMs, undefined, { signal })
  }
  response.end()
}

/** Resolves when the answer has left or cannot leave any more; `closing` ends every wait. */
export const perform = async (
  response: Response,
  answer: Answer | undefined,
  planned: Planned | null,
  closing: AbortSignal,
): Promise<void> => {
  const gone = new AbortController()
  const stop = () => gone.abort()
  response.once('close', stop)
  closing.addEventListener('abort', stop, { once: true })
  try {
    if (answer?.delayMs) await sleep(answer.delayMs, undefined, { signal: gone.signal })
    if (!planned) {
      if (answer?.kind === 'reset') response.socket?.resetAndDestroy()
      return
    }
    response.status(planned.status).type(planned.type)
    if (answer?.retryAfter !== undefined) response.set('Retry-After', String(answer.retryAfter))
    if (answer?.kind !== 'drip') response.end(planned.body)
    else await drip(response, planned.body, answer.everyMs ?? 100, gone.signal)
  } catch (error) {
    if (!gone.signal.aborted) throw error
  } finally {
    closing.removeEventListener('abort', stop)
  }
}
