/** Knows how a test suite talks to the sandbox: what arrived, waiting for it, clearing, ordering other answers. */
import type { Answer } from '../stand-in/answers.js'
import type { Kept } from '../stand-in/kept.js'
import type { Settings } from '../stand-in/settings.js'
import { differences, type Expected } from './expected.js'

export interface SandboxOptions {
  /** Where the stand-in listens; `TAGFERRY_SANDBOX`, else `http://127.0.0.1:8081`. */
  url?: string
  /** Only this pixel's events, answers and settings: tests that run side by side share one stand-in. */
  pixel?: string
}

/** A search: words of the inspector's filter (`event:Purchase verdict:rejected`), or some of what an event must be. */
export type Query = string | Expected

export interface WaitOptions {
  /** How many must match; 1 unless said. */
  count?: number
  /** 5,000 unless said. */
  timeoutMs?: number
}

export interface Sandbox {
  readonly url: string
  readonly pixel: string | undefined
  /** What arrived, newest first; repeats and refused events too. */
  events(query?: Query): Promise<Kept[]>
  /** Waits until so many matching events were counted. Throws with what did arrive when the time is over. */
  waitFor(query: Query, options?: WaitOptions): Promise<Kept[]>
  /** Forgets what matches; without a query everything, counts and repeats included. Gives how many events. */
  clear(query?: string): Promise<number>
  /** What is answered from now on, one after the other, then the normal answer again; none: the normal answer. */
  answers(...answers: Answer[]): Promise<void>
  /** Moves the clock, or refuses plain personal data. */
  settings(change: Partial<Settings>): Promise<void>
  /** Makes a token known for these pixels; without pixels it is revoked. */
  allow(token: string, ...pixels: string[]): Promise<void>
}

const DEFAULT_URL = 'http://127.0.0.1:8081'
/** The stand-in holds a long poll this long; it is asked again until the time is over. */
const POLL_MS = 1000
/** Whatever answers later is not the sandbox, or not well. */
const ANSWER_MS = 10_000

export const connectSandbox = (options: SandboxOptions = {}): Sandbox => {
  const url = (options.url ?? process.env.TAGFERRY_SANDBOX ?? DEFAULT_URL).replace(/\/$/, '')
  const { pixel } = options

  const ask = async <Answered>(method: string, path: string, body?: unknown): Promise<Answered> => {
    const response = await fetch(`${url}/inspector/api/${path}`, {
      method,
      signal: AbortSignal.timeout(ANSWER_MS),
      ...(body !== undefined && {
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      }),
    }).catch((cause: Error) => {
      const late = cause.name === 'TimeoutError' ? ` that answers within ${ANSWER_MS / 1000} s` : ''
      throw new Error(
        `No sandbox at ${url}${late}. Start it with npm run sandbox, or set TAGFERRY_SANDBOX.`,
        {
          cause,
        },
      )
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text}`)
    return (text === '' ? undefined : JSON.parse(text)) as Answered
  }
  const search = (query: Query | undefined, more: Record<string, string> = {}) =>
    new URLSearchParams({
      ...(typeof query === 'string' && { q: query }),
      ...(typeof query === 'object' && query.event && { event: query.event }),
      ...(pixel && { pixel }),
      ...more,
    })
  const fits = (query: Query | undefined) => (kept: Kept) =>
    typeof query !== 'object' || differences(query, kept).length === 0

  const events: Sandbox['events'] = async (query) => {
    const path = `events?${search(query, { limit: '100000' })}`
    return (await ask<{ events: Kept[] }>('GET', path)).events.filter(fits(query))
  }

  /** Why nothing came: to whom something did, or where it should have been sent. */
  const othersOf = async (): Promise<string> => {
    const { found } = await ask<{ found: number }>('GET', 'events?limit=1')
    return found > 0
      ? `Nothing arrived for the pixel ${pixel}; for others ${found} did.`
      : `Nothing arrived. Does the collector send here (TAGFERRY_TIKTOK_URL=${url}), and has the site a connection?`
  }

  return {
    url,
    pixel,
    events,
    waitFor: async (query, { count = 1, timeoutMs = 5000 } = {}) => {
      const deadline = Date.now() + timeoutMs
      let seen = 0
      for (;;) {
        const left = Math.max(0, deadline - Date.now())
        const more = { count: String(seen + 1), timeout: String(Math.min(left, POLL_MS)) }
        const arrived = (await ask<{ events: Kept[] }>('GET', `wait?${search(query, more)}`)).events
        const found = arrived.filter(fits(query))
        if (found.length >= count) return found
        seen = arrived.length
        if (Date.now() >= deadline)
          throw new Error(tell(query, count, found.length, timeoutMs, await events(), await othersOf()))
      }
    },
    clear: async (query) => (await ask<{ cleared: number }>('DELETE', `events?${search(query)}`)).cleared,
    answers: async (...answers) => {
      await ask('PUT', 'answers', { ...(pixel && { pixel }), answers })
    },
    settings: async (change) => {
      await ask('PUT', 'settings', { ...(pixel && { pixel }), ...change })
    },
    allow: async (token, ...pixels) => {
      await ask('PUT', 'tokens', { token, pixels })
    },
  }
}

const LONGEST_TALE = 10

const line = (query: Query, kept: Kept): string => {
  const wrong = typeof query === 'object' ? differences(query, kept) : []
  const state = [kept.verdict, kept.duplicate && 'duplicate'].filter(Boolean).join(', ')
  const broken = kept.findings.map(
    ({ rule, where, expected, got }) => `${rule} ${where}: expected ${expected}, got ${got}`,
  )
  const why = [...wrong, ...(kept.fault ? [`ordered: ${kept.fault}`] : []), ...broken]
  return `  ${kept.event} ${kept.eventId} (${state})${why.length > 0 ? `: ${why.join('; ')}` : ''}`
}

/** What was wanted, and what came instead. */
const tell = (
  query: Query,
  wanted: number,
  found: number,
  timeoutMs: number,
  all: Kept[],
  nothing: string,
): string => {
  const text = typeof query === 'string' ? query : JSON.stringify(query)
  const came = all.slice(0, LONGEST_TALE).map((kept) => line(query, kept))
  return [
    `Waited ${timeoutMs} ms for ${wanted} of ${text}, got ${found}.`,
    all.length === 0 ? nothing : `The newest of ${all.length} that arrived:`,
    ...came,
  ].join('\n')
}

/** All that is asked of a page: Playwright's has it. */
export interface Page {
  url(): string
}

/**
 * Waits until a conversion of the page's host has arrived and been counted, and gives it; throws with what is different.
 * `host` says which host instead; `null` any.
 */
export const expectConversion = async (
  page: Page,
  expected: Expected,
  { sandbox = connectSandbox(), timeoutMs = 5000 }: { sandbox?: Sandbox; timeoutMs?: number } = {},
): Promise<Kept> => {
  const { host = new URL(page.url()).host, ...rest } = expected
  const query = { verdict: 'accepted' as const, ...rest, ...(host !== null && { host }) }
  const [first] = await sandbox.waitFor(query, { timeoutMs })
  return first as Kept
}

export type { Answer, Expected, Kept, Settings }
