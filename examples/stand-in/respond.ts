/** Plans and sends the response to a request: normal, delayed, byte by byte, with an error, or not at all. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Response } from 'express'
import type { Answer } from './answers.js'
import { CODES } from './codes.js'

/** The JSON body of TikTok's answers. */
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

export interface PlannedResponse {
  status: number
  type: string
  body: string
  envelope: Envelope | null
}

const jsonResponse = (status: number, envelope: Envelope): PlannedResponse => ({
  status,
  type: 'application/json',
  body: JSON.stringify(envelope),
  envelope,
})

/** Status and body of the response; null for a hang and a cut. `normal` is the answer without a simulation. */
export const planResponse = (answer: Answer | undefined, normal: Envelope): PlannedResponse | null => {
  if (!answer || answer.kind === 'normal' || answer.kind === 'drip')
    return jsonResponse(answer?.status ?? 200, normal)
  if (answer.kind === 'hang' || answer.kind === 'reset') return null
  if (answer.kind === 'code') {
    const code = answer.code ?? 50000
    return jsonResponse(answer.status ?? 200, {
      ...normal,
      code,
      message: answer.message ?? CODES.get(code) ?? `Simulated code ${code}.`,
      data: {},
    })
  }
  const status = answer.status ?? 502
  if (answer.body === 'json')
    return jsonResponse(status, {
      ...normal,
      code: answer.code ?? 50000,
      message: answer.message ?? 'Simulated answer.',
    })
  const [type, body] = BODIES[answer.body ?? 'html']
  return { status, type, body, envelope: null }
}

/** A short description for the list of the inspector. */
export const describeAnswer = (answer: Answer): string =>
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

/** Resolves when the response is sent, or can no longer be sent. `closing` ends every wait. */
export const respond = async (
  response: Response,
  answer: Answer | undefined,
  planned: PlannedResponse | null,
  closing: AbortSignal,
): Promise<void> => {
  const ended = new AbortController()
  const stop = () => ended.abort()
  response.once('close', stop)
  closing.addEventListener('abort', stop, { once: true })
  try {
    if (answer?.delayMs) await sleep(answer.delayMs, undefined, { signal: ended.signal })
    if (!planned) {
      if (answer?.kind === 'reset') response.socket?.resetAndDestroy()
      return
    }
    response.status(planned.status).type(planned.type)
    if (answer?.retryAfter !== undefined) response.set('Retry-After', String(answer.retryAfter))
    if (answer?.kind !== 'drip') response.end(planned.body)
    else await drip(response, planned.body, answer.everyMs ?? 100, ended.signal)
  } catch (error) {
    if (!ended.signal.aborted) throw error
  } finally {
    closing.removeEventListener('abort', stop)
  }
}
