/** Sends requests to TikTok and classifies the responses. TikTok refuses under HTTP 200: only the body's code counts. */
import { constants } from 'node:crypto'
import { Readable } from 'node:stream'
import { type Dispatcher, Pool } from 'undici'
import type { Outcome } from '../vendor.js'
import { type CodeClass, classOfCode, classOfStatus } from './codes.js'
import type { TikTokCredentials, TikTokEvent, TikTokRequest, TikTokResponse } from './types.js'

const path = '/open_api/v1.3/event/track/'
const connectMs = 5_000
/** For the whole exchange, so that a response which arrives byte by byte ends too. */
const totalMs = 10_000
/** TikTok's own responses have a few hundred bytes. */
const maxResponseBytes = 64 * 1_024

export interface Sender {
  send(credentials: TikTokCredentials, events: readonly TikTokEvent[], stop?: AbortSignal): Promise<Outcome>
  close(): Promise<void>
}

/**
 * Creates one pool of keep-alive sockets for all connections.
 * @param origin of the Events API
 * @param clock Unix milliseconds, to read dates in `Retry-After`
 */
export function createSender(origin: string, clock: () => number, limits = { connectMs, totalMs }): Sender {
  // After a renegotiation the server could use another certificate, which is not verified again.
  const secureOptions = constants.SSL_OP_NO_RENEGOTIATION
  const pool = new Pool(origin, { pipelining: 1, connect: { timeout: limits.connectMs, secureOptions } })
  return {
    async send(credentials, events, stop) {
      const deadline = AbortSignal.timeout(limits.totalMs)
      const bytes = Buffer.from(JSON.stringify(requestOf(credentials, events)))
      let isStarted = false
      // undici reads the body only when it has a connection, and before it writes the first byte.
      const body = Readable.from(
        (function* () {
          isStarted = true
          yield bytes
        })(),
      )
      try {
        // undici follows no redirects by default: a redirect would send the token to another host.
        const response = await pool.request({
          path,
          method: 'POST',
          headers: {
            'access-token': credentials.accessToken,
            'content-type': 'application/json',
            'content-length': String(bytes.length),
            'accept-encoding': 'identity',
          },
          body,
          signal: stop ? AbortSignal.any([deadline, stop]) : deadline,
        })
        return classifyResponse(
          response.statusCode,
          response.headers,
          await readStart(response.body),
          clock(),
        )
      } catch (error) {
        return classifyError(error, isStarted, limits.totalMs)
      }
    },
    close: () => pool.destroy(),
  }
}

function requestOf(credentials: TikTokCredentials, data: readonly TikTokEvent[]): TikTokRequest {
  const { pixelCode, testEventCode } = credentials
  return {
    event_source: 'web',
    event_source_id: pixelCode,
    ...(testEventCode && { test_event_code: testEventCode }),
    data: [...data],
  }
}

/** Reads the first 64 kB of a response. */
async function readStart(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    chunks.push(chunk as Buffer)
    size += (chunk as Buffer).length
    if (size > maxResponseBytes) break
  }
  return Buffer.concat(chunks).toString('utf8')
}

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

/** Before the body is read nothing is sent; afterwards TikTok may have received all of it. */
function classifyError(error: unknown, isStarted: boolean, totalMs: number): Outcome {
  const { code, name, message } = error as { code?: string; name?: string; message?: string }
  if (!isStarted) return { kind: 'not_sent', message: code ?? message ?? 'no connection' }
  if (name === 'TimeoutError') return { kind: 'ambiguous', message: `no answer within ${totalMs / 1_000} s` }
  return { kind: 'ambiguous', message: code ?? message ?? 'the connection broke' }
}
