/** A visit to a page for tests: a fresh copy of the snippet in jsdom, and a collector that writes down what it got. */
import { vi } from 'vitest'
import type { WireAnswer, WireBody, WireEvent } from '../../collector/src/wire.js'
import type { Tagferry } from '../src/api.js'

declare const jsdom: {
  reconfigure(settings: { url: string }): void
  cookieJar: { removeAllCookiesSync(): void }
}

export const startOfTest = new Date('2026-03-01T12:00:00Z')

export interface VisitOptions {
  url?: string
  referrer?: string
  /** The script tag's `data-*`, in camel case. */
  data?: Record<string, string>
  /** What the collector says; accepts everything unless told. */
  answer?: (body: WireBody, request: RequestInit) => Response | Promise<Response>
  /** Calls that the stub has gathered. */
  calls?: [string, unknown[]][]
  locks?: unknown
  /** `full` is the script with everything, and the parts that its settings ask for. */
  script?: 'core' | 'full'
  /** Runs before the script does. */
  before?: (() => void) | undefined
}

export interface Visit {
  tagferry: Tagferry
  posts: WireBody[]
  requests: RequestInit[]
  beacons: WireBody[]
  /** Names of all events posted so far. */
  names(): string[]
  /** The posted events of that name. */
  sent(name: string): WireEvent[]
}

export const accept = (body: WireBody, skipped: WireAnswer['skipped'] = []) =>
  Response.json(
    { accepted: body.events.length, duplicates: 0, skipped, ids: body.events.map((event) => event.event_id) },
    { status: 202 },
  )

/** Answers requests for a lock one after the other, as a browser does. */
export const createLocks = () => {
  let turn: Promise<unknown> = Promise.resolve()
  return {
    request(_name: string, run: () => Promise<unknown>) {
      turn = turn.then(run)
      return turn
    },
  }
}

const ends: (() => void)[] = []

const set = (target: object, name: string, descriptor: PropertyDescriptor) => {
  const before = Object.getOwnPropertyDescriptor(target, name)
  Object.defineProperty(target, name, { ...descriptor, configurable: true })
  ends.push(() => {
    if (before) Object.defineProperty(target, name, before)
    else delete (target as Record<string, unknown>)[name]
  })
}

export const setValue = (target: object, name: string, value: unknown) =>
  set(target, name, { value, writable: true })

/** As in a sandboxed frame: even looking at it throws. */
export const forbid = (target: object, name: string) => {
  const refuse = () => {
    throw new DOMException('The document is sandboxed', 'SecurityError')
  }
  set(target, name, { get: refuse, set: refuse })
}

export const setCookie = (cookie: string) => {
  // biome-ignore lint/suspicious/noDocumentCookie: the snippet reads them there.
  document.cookie = cookie
}

/** Leaves the page; what the browser keeps stays for the next visit of the test. */
export const leave = () => {
  for (const end of ends.splice(0).reverse()) end()
}

/** Forgets all visits: for `afterEach`. */
export const forgetVisits = () => {
  leave()
  vi.clearAllTimers()
  vi.useRealTimers()
  vi.restoreAllMocks()
  localStorage.clear()
  jsdom.cookieJar.removeAllCookiesSync()
}

const catchListeners = (target: EventTarget) => {
  const add = target.addEventListener.bind(target)
  setValue(target, 'addEventListener', (type: string, run: EventListener, isCapture?: boolean) => {
    add(type, run, isCapture)
    ends.push(() => target.removeEventListener(type, run, isCapture))
  })
}

export const visit = async (options: VisitOptions = {}): Promise<Visit> => {
  leave()
  if (!vi.isFakeTimers()) vi.useFakeTimers({ now: startOfTest })
  const posts: WireBody[] = []
  const requests: RequestInit[] = []
  const beacons: WireBody[] = []
  jsdom.reconfigure({ url: options.url ?? 'https://www.shop.example/' })
  catchListeners(window)
  catchListeners(document)
  setValue(document, 'referrer', options.referrer ?? '')
  setValue(document, 'currentScript', {
    src: 'https://www.shop.example/tagferry/t.js',
    dataset: { site: 'shop.example', ...options.data },
  })
  setValue(navigator, 'locks', 'locks' in options ? options.locks : createLocks())
  setValue(navigator, 'sendBeacon', (_url: string, body: string) => beacons.push(JSON.parse(body)) > 0)
  setValue(window, 'requestIdleCallback', (run: () => void) => setTimeout(run, 50))
  setValue(window, 'fetch', async (url: string, request: RequestInit) => {
    const body = JSON.parse(`${request.body}`)
    posts.push(body)
    requests.push({ ...request, referrer: url })
    return options.answer ? options.answer(body, request) : accept(body)
  })
  for (const method of ['pushState', 'replaceState'] as const)
    setValue(history, method, History.prototype[method])
  for (const name of ['dataLayer', 'ttq']) setValue(window, name, undefined)
  const globals = window as unknown as Record<string, Tagferry>
  setValue(window, 'tagferry', options.calls && { track() {}, q: options.calls })
  options.before?.()

  vi.resetModules()
  if (options.script === 'full') {
    await import('../src/t.js')
    await vi.dynamicImportSettled()
  } else await import('../src/t.core.js')
  return {
    get tagferry() {
      return globals.tagferry as Tagferry
    },
    posts,
    requests,
    beacons,
    names: () => posts.flatMap((body) => body.events.map((event) => event.event)),
    sent: (name) => posts.flatMap((body) => body.events.filter((event) => event.event === name)),
  }
}

/** Lets idle callbacks, requests and answers happen. */
export const settle = () => vi.advanceTimersByTimeAsync(100)
