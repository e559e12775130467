/** How one request goes to TikTok and what its answer says. TikTok refuses with HTTP 200: only the body's code counts. */
import { constants } from 'node:crypto'
import { Readable } from 'node:stream'
import { type Dispatcher, Pool } from 'undici'
import type { Outcome } from '../vendor.js'
import { type CodeClass, classOfCode, classOfStatus } from './codes.js'
import type { TikTokAnswer, TikTokCredentials, TikTokEvent, TikTokRequest } from './types.js'

const path = '/open_api/v1.3/event/track/'
const connectMs = 5_000
/** For the whole exchange, not between bytes: a dripping answer ends too. */
const totalMs = 10_000
const largestAnswer = 64 * 1_024

export interface Sender {
  send(credentials: TikTokCredentials, events: readonly TikTokEvent[], stop?: AbortSignal): Promise<Outcome>
  close(): Promise<void>
}

/** @param origin of the Events API; one pool of keep-alive sockets for all connections
 *  @param clock Unix milliseconds, to read dates in answers */
export function createSender(origin: string, clock: () => number, limits = { connectMs, totalMs }): Sender {
  // A server that shows another certificate in the middle would not be looked at again.
  const secureOptions = constants.SSL_OP_NO_RENEGOTIATION
  const pool = new Pool(origin, { pipelining: 1, connect: { timeout: limits.connectMs, secureOptions } })
  return {
    async send(credentials, events, stop) {
      const deadline = AbortSignal.timeout(limits.totalMs)
      const bytes = Buffer.from(JSON.stringify(requestOf(credentials, events)))
      let begun = false
      // Read only once there is a connection, and before anything is written to it.
      const body = Readable.from(
        (function* () {
          begun = true
          yield bytes
        })(),
      )
      try {
        // undici follows no redirect by itself: one would carry the token away.
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
        return judge(response.statusCode, response.headers, await readStart(response.body), clock())
      } catch (error) {
        return failure(error, begun, limits.totalMs)
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

/** The answer's first 64 kB: TikTok's own are a few hundred bytes. */
async function readStart(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    chunks.push(chunk as Buffer)
    size += (chunk as Buffer).length
    if (size > largestAnswer) break
  }
  return Buffer.concat(chunks).toString('utf8')
}

type Headers = Record<string, string | string[] | undefined>

/** What an answer means. @param text the body as received @param now Unix milliseconds */
export function judge(status: number, headers: Headers, text: string, now: number): Outcome {
  const wait = () => retryAfter(headers['retry-after'], now)
  const answer = parseAnswer(text)
  if (!answer) {
    const message = `HTTP ${status} without a TikTok code`
    return outcomeOf(classOfStatus(status), { message }, wait)
  }
  const said = {
    code: answer.code,
    ...(typeof answer.message === 'string' && { message: answer.message.slice(0, 1_000) }),
    ...(typeof answer.request_id === 'string' && { requestId: answer.request_id.slice(0, 100) }),
  }
  // `code` 0 under another status than 2xx comes from something in between.
  const isOk = answer.code === 0 && (status < 200 || status > 299)
  return outcomeOf(isOk ? classOfStatus(status) : classOfCode(answer.code), said, wait)
}

type Said = { code?: number; message?: string; requestId?: string }

function outcomeOf(kind: CodeClass, said: Said, wait: () => number | undefined): Outcome {
  switch (kind) {
    case 'ok':
      return { kind: 'delivered', ...said }
    case 'throttle': {
      const retryAfterMs = wait()
      return { kind: 'throttled', ...said, ...(retryAfterMs !== undefined && { retryAfterMs }) }
    }
    case 'retry':
      return { kind: 'ambiguous', ...said }
    case 'pause':
      return { kind: 'credentials_refused', ...said }
    // No list of refused events is documented: halving finds them, and event ids make the repeats harmless.
    case 'partial':
    case 'reject': {
      const culprits = namedIn(said.message ?? '')
      return { kind: 'refused', ...said, ...(culprits.length > 0 && { culprits }) }
    }
  }
}

/** `Batch.0.properties…` and `data.3.event_time` name the first invalid event of a request. */
function namedIn(message: string): number[] {
  return [...message.matchAll(/\b(?:batch|data)[.[](\d{1,4})\b/gi)].map(([, index]) => Number(index))
}

function parseAnswer(text: string): TikTokAnswer | undefined {
  try {
    const answer = JSON.parse(text)
    return Number.isInteger(answer?.code) ? answer : undefined
  } catch {
    return undefined
  }
}

/** Milliseconds of a Retry-After header, in seconds or as a date; `undefined` when it makes no sense. */
function retryAfter(header: string | string[] | undefined, now: number): number | undefined {
  if (typeof header !== 'string' || header === '') return undefined
  const seconds = Number(header)
  const ms = Number.isNaN(seconds) ? Date.parse(header) - now : seconds * 1_000
  return ms > 0 ? ms : undefined
}

/** Until the request was begun nothing was sent; after that TikTok may have read everything. */
function failure(error: unknown, begun: boolean, totalMs: number): Outcome {
  const { code, name, message } = error as { code?: string; name?: string; message?: string }
  if (!begun) return { kind: 'not_sent', message: code ?? message ?? 'no connection' }
  if (name === 'TimeoutError') return { kind: 'ambiguous', message: `no answer within ${totalMs / 1_000} s` }
  return { kind: 'ambiguous', message: code ?? message ?? 'the connection broke' }
}
