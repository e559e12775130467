/** Sends requests to TikTok within deadlines. What the response says is read in response.ts. */
import { constants } from 'node:crypto'
import { Readable } from 'node:stream'
import { type Dispatcher, Pool } from 'undici'
import type { Outcome } from '../vendor.js'
import { classifyResponse } from './response.js'
import type { TikTokCredentials, TikTokRequest } from './types.js'

const path = '/open_api/v1.3/event/track/'
const connectMs = 5_000
/** A request ends when no byte was written or received for this long. */
const progressMs = 10_000
/** For the whole exchange, so that one of which every byte takes seconds ends too. */
export const totalMs = 30_000
/** TikTok's own responses have a few hundred bytes. */
const maxResponseBytes = 64 * 1_024
/** The body is written in parts, each of which counts as progress. */
const partBytes = 32 * 1_024
/**
 * The system takes a body faster than a slow line carries it, and does not say how much of it is on its way. The response
 * is therefore due later by the time that the body takes at this rate.
 */
const slowestBytesPerMs = 32

export interface Sender {
  send(accessToken: string, body: string, stop?: AbortSignal): Promise<Outcome>
  close(): Promise<void>
}

const defaultLimits = { connectMs, progressMs, totalMs }
type Limits = typeof defaultLimits

/** @param events the JSON of each event @param testEventCode instead of that of the credentials */
export function requestBody(
  events: readonly string[],
  credentials: TikTokCredentials,
  testEventCode = credentials.testEventCode,
): string {
  const head: Omit<TikTokRequest, 'data'> = {
    event_source: 'web',
    event_source_id: credentials.pixelCode,
    ...(testEventCode && { test_event_code: testEventCode }),
  }
  return `${JSON.stringify(head).slice(0, -1)},"data":[${events.join(',')}]}`
}

/**
 * Creates one pool of keep-alive sockets for all connections.
 * @param origin of the Events API
 * @param clock Unix milliseconds, to read dates in `Retry-After`
 */
export function createSender(origin: string, clock: () => number, limits: Limits = defaultLimits): Sender {
  // After a renegotiation the server could use another certificate, which is not verified again.
  const secureOptions = constants.SSL_OP_NO_RENEGOTIATION
  const pool = new Pool(origin, { pipelining: 1, connect: { timeout: limits.connectMs, secureOptions } })
  return {
    async send(accessToken, text, stop) {
      const bytes = Buffer.from(text)
      const deadlines = startDeadlines(limits)
      let isStarted = false
      // undici reads the body only when it has a connection, and before it writes the first byte.
      function* parts() {
        isStarted = true
        for (let at = 0; at < bytes.length; at += partBytes) {
          deadlines.progress()
          yield bytes.subarray(at, at + partBytes)
        }
        deadlines.progress(bytes.length / slowestBytesPerMs)
      }
      try {
        // undici follows no redirects by default: a redirect would send the token to another host.
        const response = await pool.request({
          path,
          method: 'POST',
          headers: {
            'access-token': accessToken,
            'content-type': 'application/json',
            'content-length': String(bytes.length),
            'accept-encoding': 'identity',
          },
          body: Readable.from(parts()),
          signal: stop ? AbortSignal.any([deadlines.signal, stop]) : deadlines.signal,
        })
        const start = await readStart(response.body, deadlines.progress)
        return classifyResponse(response.statusCode, response.headers, start, clock())
      } catch (error) {
        return classifyError(error, isStarted, limits)
      } finally {
        deadlines.end()
      }
    },
    close: () => pool.destroy(),
  }
}

/** The message of an attempt that a deadline ended. */
class Expired extends Error {}

function startDeadlines({ progressMs, totalMs }: Limits) {
  const abort = new AbortController()
  const expire = (message: string) => abort.abort(new Expired(message))
  const total = setTimeout(() => expire(`no answer within ${totalMs / 1_000} s`), totalMs)
  const startSilence = (ms: number) =>
    setTimeout(() => expire(`no progress for ${Math.round(ms / 100) / 10} s`), ms)
  let silence: NodeJS.Timeout | undefined
  let isOver = false
  return {
    signal: abort.signal,
    /** Starts the time without progress anew. @param extraMs makes it longer this time */
    progress(extraMs = 0) {
      clearTimeout(silence)
      // A response may come before the whole body is read.
      if (!isOver) silence = startSilence(progressMs + extraMs)
    },
    end() {
      isOver = true
      clearTimeout(total)
      clearTimeout(silence)
    },
  }
}

/** Reads the first 64 kB of a response. */
async function readStart(body: Dispatcher.ResponseData['body'], progress: () => void): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  progress()
  for await (const chunk of body) {
    progress()
    chunks.push(chunk as Buffer)
    size += (chunk as Buffer).length
    if (size > maxResponseBytes) break
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Before the body is read nothing is sent; afterwards TikTok may have received all of it. */
function classifyError(error: unknown, isStarted: boolean, { connectMs }: Limits): Outcome {
  const message = messageOf(error as Error & { code?: unknown }, connectMs)
  return isStarted ? { kind: 'ambiguous', message, isUnanswered: true } : { kind: 'not_sent', message }
}

function messageOf({ code, name, message }: Error & { code?: unknown }, connectMs: number): string {
  if (name === 'AbortError') return 'the collector stopped'
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return `no connection within ${connectMs / 1_000} s`
  // Codes of the system are known to every reader, those of undici are not.
  const isKnown = typeof code === 'string' && !code.startsWith('UND_')
  return (isKnown ? code : message) || 'the connection broke'
}
