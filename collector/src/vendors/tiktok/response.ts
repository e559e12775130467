/** Classifies the responses of TikTok. It refuses under HTTP 200: only the body's code counts. */
import type { Outcome } from '../vendor.js'
import { type CodeClass, classOfCode, classOfStatus } from './codes.js'
import type { TikTokResponse } from './types.js'

type Headers = Record<string, string | string[] | undefined>

/** @param text the body as received @param now Unix milliseconds */
export function classifyResponse(status: number, headers: Headers, text: string, now: number): Outcome {
  const retryAfterMs = readRetryAfter(headers['retry-after'], now)
  const response = parseResponse(text)
  if (!response) {
    const message = `HTTP ${status} without a TikTok code`
    return outcomeOf(classOfStatus(status), { message }, retryAfterMs)
  }
  const fields = {
    code: response.code,
    ...(typeof response.message === 'string' && { message: response.message.slice(0, 1_000) }),
    ...(typeof response.request_id === 'string' && { requestId: response.request_id.slice(0, 100) }),
  }
  // TikTok sends `code` 0 under 2xx only; under another status it comes from a proxy.
  const isFromProxy = response.code === 0 && (status < 200 || status > 299)
  return outcomeOf(isFromProxy ? classOfStatus(status) : classOfCode(response.code), fields, retryAfterMs)
}

type ResponseFields = Pick<Outcome, 'code' | 'message' | 'requestId'>

function outcomeOf(kind: CodeClass, fields: ResponseFields, retryAfterMs: number | undefined): Outcome {
  switch (kind) {
    case 'ok':
      return { kind: 'delivered', ...fields }
    case 'throttle':
      return { kind: 'throttled', ...fields, ...(retryAfterMs !== undefined && { retryAfterMs }) }
    case 'retry':
      return { kind: 'ambiguous', ...fields }
    case 'pause':
      return { kind: 'credentials_refused', ...fields }
    // TikTok documents no list of the refused events. The relay splits the batch; TikTok drops repeats by event id.
    case 'partial':
    case 'reject': {
      const invalidIndexes = indexesIn(fields.message ?? '')
      return { kind: 'refused', ...fields, ...(invalidIndexes.length > 0 && { invalidIndexes }) }
    }
  }
}

/** Reads the position of an invalid event from a message such as `Batch.0.properties…` or `data.3.event_time…`. */
function indexesIn(message: string): number[] {
  return [...message.matchAll(/\b(?:batch|data)[.[](\d{1,4})\b/gi)].map(([, index]) => Number(index))
}

function parseResponse(text: string): TikTokResponse | undefined {
  try {
    const response = JSON.parse(text)
    return Number.isInteger(response?.code) ? response : undefined
  } catch {
    return undefined
  }
}

/** Milliseconds of a Retry-After header in seconds or as a date; `undefined` unless it is positive. */
function readRetryAfter(header: string | string[] | undefined, now: number): number | undefined {
  if (typeof header !== 'string' || header === '') return undefined
  const seconds = Number(header)
  const ms = Number.isNaN(seconds) ? Date.parse(header) - now : seconds * 1_000
  return ms > 0 ? ms : undefined
}
