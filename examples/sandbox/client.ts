/** Lets a test suite read the events of the sandbox, wait for them, clear them, and simulate other answers. */
import type { Answer } from '../stand-in/answers.js'
import type { ReceivedEvent } from '../stand-in/received-event.js'
import type { Settings } from '../stand-in/settings.js'
import { type Api, createApi } from './api.js'
import { differences, type Expected } from './expected.js'
import { describeFailedWait } from './failed-wait.js'

export interface SandboxOptions {
  /** Origin of the stand-in; default `TAGFERRY_SANDBOX`, else `http://127.0.0.1:8081`. */
  url?: string
  /** Limits events, answers and settings to this pixel, so that parallel suites can share one stand-in. */
  pixel?: string
}

/** A filter of the inspector (`event:Purchase verdict:rejected`), or fields that the event must have. */
export type Query = string | Expected

export interface WaitOptions {
  /** How many events must match; default 1. */
  count?: number
  /** Default 15,000. */
  timeoutMs?: number
}

export interface Sandbox {
  readonly url: string
  readonly pixel: string | undefined
  /** Received events, newest first, with repeats and refused events. */
  events(query?: Query): Promise<ReceivedEvent[]>
  /** Waits until `count` matching events are counted. After the timeout it throws and lists the received events. */
  waitFor(query: Query, options?: WaitOptions): Promise<ReceivedEvent[]>
  /** Removes matching events; without a query all events, counts and repeats. Returns the number of events. */
  clear(query?: string): Promise<number>
  /** Sets the next answers, in order. After the last one, or without any, the normal answer is given. */
  answers(...answers: Answer[]): Promise<void>
  /** Moves the clock, or makes the stand-in refuse plain personal data. */
  settings(change: Partial<Settings>): Promise<void>
  /** Allows a token to use these pixels; without pixels it revokes the token. */
  allow(token: string, ...pixels: string[]): Promise<void>
}

const DEFAULT_URL = 'http://127.0.0.1:8081'
/** Length of one long poll; `waitFor` polls until its own timeout. */
const POLL_MS = 1000

export const connectSandbox = (options: SandboxOptions = {}): Sandbox => {
  const url = (options.url ?? process.env.TAGFERRY_SANDBOX ?? DEFAULT_URL).replace(/\/$/, '')
  const { pixel } = options
  const api = createApi(url)
  const target = { ...(pixel && { pixel }) }
  return {
    url,
    pixel,
    events: (query) => fetchEvents(api, pixel, query),
    waitFor: (query, waitOptions) => waitForEvents(api, { url, pixel }, query, waitOptions),
    clear: async (query) => {
      const { cleared } = await api.call<{ cleared: number }>(
        'DELETE',
        `events?${searchParams(pixel, query)}`,
      )
      return cleared
    },
    answers: async (...answers) => {
      await api.call('PUT', 'answers', { ...target, answers })
    },
    settings: async (change) => {
      await api.call('PUT', 'settings', { ...target, ...change })
    },
    allow: async (token, ...pixels) => {
      await api.call('PUT', 'tokens', { token, pixels })
    },
  }
}

const searchParams = (
  pixel: string | undefined,
  query: Query | undefined,
  more: Record<string, string> = {},
): URLSearchParams =>
  new URLSearchParams({
    ...(typeof query === 'string' && { q: query }),
    ...(typeof query === 'object' && query.event && { event: query.event }),
    ...(pixel && { pixel }),
    ...more,
  })

/** The stand-in searches by filters only, so other expectations are compared here. */
const matches = (query: Query | undefined, event: ReceivedEvent): boolean =>
  typeof query !== 'object' || differences(query, event).length === 0

const fetchEvents = async (api: Api, pixel: string | undefined, query?: Query): Promise<ReceivedEvent[]> => {
  const path = `events?${searchParams(pixel, query, { limit: '100000' })}`
  const { events } = await api.call<{ events: ReceivedEvent[] }>('GET', path)
  return events.filter((event) => matches(query, event))
}

const waitForEvents = async (
  api: Api,
  { url, pixel }: { url: string; pixel: string | undefined },
  query: Query,
  { count = 1, timeoutMs = 15_000 }: WaitOptions = {},
): Promise<ReceivedEvent[]> => {
  const deadline = Date.now() + timeoutMs
  let seen = 0
  for (;;) {
    const remainingMs = Math.max(0, deadline - Date.now())
    const more = { count: String(seen + 1), timeout: String(Math.min(remainingMs, POLL_MS)) }
    const path = `wait?${searchParams(pixel, query, more)}`
    const { events } = await api.call<{ events: ReceivedEvent[] }>('GET', path)
    const found = events.filter((event) => matches(query, event))
    if (found.length >= count) return found
    seen = events.length
    if (Date.now() < deadline) continue
    const received = await fetchEvents(api, pixel)
    const total = (await api.call<{ found: number }>('GET', 'events?limit=1')).found
    throw new Error(
      describeFailedWait({ query, count, found: found.length, timeoutMs, received, total, url, pixel }),
    )
  }
}

/** The part of a browser page that is needed; a page of Playwright has it. */
export interface Page {
  url(): string
}

/**
 * Waits for a conversion from the host of the page that is accepted and counted, and returns it. Throws with the
 * differences after the timeout. `host` sets another host; `null` allows any.
 */
export const expectConversion = async (
  page: Page,
  expected: Expected,
  { sandbox = connectSandbox(), timeoutMs = 15_000 }: { sandbox?: Sandbox; timeoutMs?: number } = {},
): Promise<ReceivedEvent> => {
  const { host = new URL(page.url()).host, ...rest } = expected
  const query = { verdict: 'accepted' as const, ...rest, ...(host !== null && { host }) }
  const [first] = await sandbox.waitFor(query, { timeoutMs })
  return first as ReceivedEvent
}

export type { Answer, Expected, ReceivedEvent, Settings }
