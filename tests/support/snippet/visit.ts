/** Opens a page in jsdom with a fresh copy of the script, and records what the script sends to the collector. */
import { vi } from 'vitest'
import type { WireAnswer, WireBody, WireEvent } from '../../../collector/src/wire.js'
import type { Tagferry } from '../../../snippet/src/api.js'

declare const jsdom: {
  reconfigure(settings: { url: string }): void
  cookieJar: { removeAllCookiesSync(): void }
}

export const startOfTest = new Date('2026-03-01T12:00:00Z')

export interface VisitOptions {
  url?: string
  referrer?: string
  /** The `data-*` attributes of the script tag, in camel case. */
  data?: Record<string, string>
  /** The collector's response; default: accepts every event. */
  respond?: (body: WireBody, request: RequestInit) => Response | Promise<Response>
  /** Calls that the stub has queued. */
  calls?: [string, unknown[]][]
  locks?: unknown
  /** `full` also loads the plugins that the settings ask for. */
  script?: 'core' | 'full'
  /** Runs before the script. */
  before?: (() => void) | undefined
}

export interface Visit {
  tagferry: Tagferry
  posts: WireBody[]
  requests: RequestInit[]
  beacons: WireBody[]
  /** Names of all events posted so far, without beacons. */
  names(): string[]
  /** The posted events of this name, without beacons. */
  sent(name: string): WireEvent[]
}

/** Accepts all events of the body except the skipped ones. */
export const accept = (body: WireBody, skipped: WireAnswer['skipped'] = []) =>
  Response.json(
    { accepted: body.events.length, duplicates: 0, skipped, ids: body.events.map((event) => event.event_id) },
    { status: 202 },
  )

/** Grants requests for a lock one after another, as a browser does. */
export const createLocks = () => {
  let queue: Promise<unknown> = Promise.resolve()
  return {
    request(_name: string, _options: object, run: () => Promise<unknown>) {
      queue = queue.then(run)
      return queue
    },
  }
}

/** Undo the changes of the current visit. */
const cleanups: (() => void)[] = []

const set = (target: object, name: string, descriptor: PropertyDescriptor) => {
  const before = Object.getOwnPropertyDescriptor(target, name)
  Object.defineProperty(target, name, { ...descriptor, configurable: true })
  cleanups.push(() => {
    if (before) Object.defineProperty(target, name, before)
    else delete (target as Record<string, unknown>)[name]
  })
}

export const setValue = (target: object, name: string, value: unknown) =>
  set(target, name, { value, writable: true })

/** Makes every access throw, as in a sandboxed frame. */
export const denyAccess = (target: object, name: string) => {
  const deny = () => {
    throw new DOMException('The document is sandboxed', 'SecurityError')
  }
  set(target, name, { get: deny, set: deny })
}

export const setCookie = (cookie: string) => {
  // biome-ignore lint/suspicious/noDocumentCookie: the script reads this property.
  document.cookie = cookie
}

/** Leaves the page. Cookies and storage stay for the next visit of the same test. */
export const leavePage = () => {
  for (const cleanup of cleanups.splice(0).reverse()) cleanup()
}

/** Restores the browser for the next test: page, clock, mocks, cookies and storage. */
export const resetBrowser = () => {
  leavePage()
  vi.clearAllTimers()
  vi.useRealTimers()
  vi.restoreAllMocks()
  localStorage.clear()
  jsdom.cookieJar.removeAllCookiesSync()
}

/** Removes the page's listeners when it is left. */
const trackListeners = (target: EventTarget) => {
  const add = target.addEventListener.bind(target)
  setValue(target, 'addEventListener', (type: string, run: EventListener, isCapture?: boolean) => {
    add(type, run, isCapture)
    cleanups.push(() => target.removeEventListener(type, run, isCapture))
  })
}

export const visit = async (options: VisitOptions = {}): Promise<Visit> => {
  leavePage()
  if (!vi.isFakeTimers()) vi.useFakeTimers({ now: startOfTest })
  const posts: WireBody[] = []
  const requests: RequestInit[] = []
  const beacons: WireBody[] = []
  jsdom.reconfigure({ url: options.url ?? 'https://www.shop.example/' })
  trackListeners(window)
  trackListeners(document)
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
    return options.respond ? options.respond(body, request) : accept(body)
  })
  for (const method of ['pushState', 'replaceState'] as const)
    setValue(history, method, History.prototype[method])
  for (const name of ['dataLayer', 'ttq']) setValue(window, name, undefined)
  const globals = window as unknown as Record<string, Tagferry>
  setValue(window, 'tagferry', options.calls && { track() {}, q: options.calls })
  options.before?.()

  vi.resetModules()
  if (options.script === 'full') {
    await import('../../../snippet/src/t.js')
    await vi.dynamicImportSettled()
  } else await import('../../../snippet/src/t.core.js')
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

/** Advances the clock until idle callbacks, requests and responses are done. */
export const settle = () => vi.advanceTimersByTimeAsync(100)
