/**
 * Accepts calls of TikTok's own `ttq`, so that a site need not be rewritten. `replace` becomes `window.ttq`; `mirror`
 * keeps the real pixel and tracks the same events with the same ids.
 */
import type { ConsentAnswer, Tagferry, TrackOptions } from '../api.js'
import { aliases, lookUp } from './event-map.js'
import type { Plugin } from './plugin.js'

type Fields = Record<string, unknown>
type Method = (...args: unknown[]) => unknown
type Handlers = Record<string, (args: unknown[]) => void>
/** A call in the format of the pixel's code, which queues calls until the pixel is loaded. */
type Call = [method: string, ...args: unknown[]]
/** The pixel or its stub: a queue with methods. `_i` holds a further queue for each pixel code. */
type Ttq = Call[] & Record<string, Method> & { _i?: Record<string, Call[]> }

const page = window as unknown as { ttq?: Ttq | undefined }

const identityNames: Record<string, string> = {
  email: 'email',
  sha256_email: 'email',
  phone: 'phone',
  phone_number: 'phone',
  sha256_phone_number: 'phone',
  external_id: 'external_id',
}

const contentNames = ['content_id', 'content_name', 'content_category', 'brand', 'price', 'quantity']

/** The pixel accepts a single product without a list; the collector needs the list. */
const withContents = (original: Fields): Fields => {
  const { ...properties } = original
  if (properties.contents || !properties.content_id) return properties
  const content: Fields = {}
  for (const name of contentNames) {
    if (properties[name] !== undefined) content[name] = properties[name]
    delete properties[name]
  }
  return { content_type: 'product', ...properties, contents: [content] }
}

const createOptions = (name: string, properties: Fields, options: Fields): TrackOptions => ({
  event_id: (options.event_id ||
    `${name}.${properties.order_id || `${Date.now()}${Math.random()}`}`) as string,
})

/** Creates the handlers of all methods that have an effect. `track` writes the event's id into its arguments. */
const createHandlers = (tagferry: Tagferry): Handlers => {
  const trackedKeys = new Set<unknown>()
  let isCookieDisabled = false
  const consent = (answer: ConsentAnswer) => () => tagferry.consent(answer)
  return {
    track(args) {
      const name = lookUp(aliases, args[0]) ?? `${args[0]}`
      const properties = (args[1] ?? {}) as Fields
      const options = createOptions(name, properties, (args[2] ?? {}) as Fields)
      args[1] = properties
      args[2] = { ...(args[2] as Fields), ...options }
      // The pixel may pass a queued call to its own methods a second time.
      const key = `${name} ${options.event_id}`
      if (trackedKeys.has(key)) return
      trackedKeys.add(key)
      tagferry.track(name, withContents(properties), options)
    },
    identify(args) {
      const identity: Fields = {}
      for (const [name, value] of Object.entries((args[0] ?? {}) as Fields)) {
        const field = lookUp(identityNames, name)
        if (field && value) identity[field] = value
      }
      tagferry.identify(identity)
    },
    holdConsent: consent('hold'),
    grantConsent: consent('grant'),
    revokeConsent: consent('revoke'),
    disableCookie() {
      isCookieDisabled = true
      tagferry.consent('revoke')
    },
    // Not a consent of its own: it only undoes `disableCookie`.
    enableCookie() {
      if (isCookieDisabled) tagferry.consent('grant')
      isCookieDisabled = false
    },
  }
}

/** Methods of the pixel that do nothing here. */
export const idleMethods = ['on', 'off', 'once', 'debug', 'alias', 'group', 'load', 'setAndDefer']

/** Errors must not reach the page: the call was meant for the pixel. */
const handle = (handlers: Handlers, method: string, args: unknown[]) => {
  try {
    handlers[method]?.(args)
  } catch {}
}

const isIdentityOrConsent = ([method]: Call) => /^identify$|Consent$|Cookie$/.test(method)

/** Handles queued calls. Identity and consent come first, because they apply to all events. */
const replay = (handlers: Handlers, ttq: Ttq | undefined) => {
  const calls = [ttq, ...Object.values(ttq?._i ?? {})]
    .flatMap((queue) => (Array.isArray(queue) ? (queue as Call[]) : []))
    .filter(Array.isArray)
  const events = calls.filter((call) => !isIdentityOrConsent(call))
  for (const call of [...calls.filter(isIdentityOrConsent), ...events]) {
    const [method, ...args] = call
    handle(handlers, method, args)
    call.splice(1, call.length, ...args)
  }
}

/** Wraps the methods of the page's `ttq`, now and whenever the pixel replaces the object or its methods. */
const mirrorPixel = (handlers: Handlers) => {
  const wrapped = new WeakSet<object>()
  const wrapMethods = (ttq: Ttq | undefined) => {
    for (const method in handlers) {
      const original = ttq?.[method]
      if (!original || wrapped.has(original)) continue
      const wrapper: Method = (...args) => {
        handle(handlers, method, args)
        return original.apply(ttq, args)
      }
      wrapped.add(wrapper)
      ;(ttq as Ttq)[method] = wrapper
    }
    return ttq
  }
  replay(handlers, page.ttq)
  let current = wrapMethods(page.ttq)
  // The pixel replaces the object that its code has created.
  Object.defineProperty(page, 'ttq', {
    configurable: true,
    get: () => current,
    set: (ttq: Ttq) => {
      current = wrapMethods(ttq)
    },
  })
  // The pixel may replace its methods after it has loaded.
  for (const waitMs of [1e3, 3e3, 1e4]) setTimeout(() => wrapMethods(current), waitMs)
}

/** Puts an object with the pixel's methods into its place, and handles the calls queued for it. */
const replacePixel = (handlers: Handlers) => {
  const queue = page.ttq
  const ttq: Record<string, unknown> = {}
  for (const method of [...Object.keys(handlers), ...idleMethods])
    ttq[method] = (...args: unknown[]) => handle(handlers, method, args)
  ttq.instance = () => ttq
  ttq.instances = () => [ttq]
  ttq.ready = (callback: unknown) => typeof callback === 'function' && callback()
  ttq.push = (call: Call) => replay(handlers, [call] as unknown as Ttq)
  page.ttq = ttq as unknown as Ttq
  replay(handlers, queue)
}

export const start: Plugin['start'] = (tagferry, settings) => {
  const handlers = createHandlers(tagferry)
  if (settings.ttq === 'mirror') return mirrorPixel(handlers)
  let isLoadPageview = settings.pageview !== 'off'
  handlers.page = () => {
    // The first call of the pixel's code is for the page view that was sent on load.
    if (!isLoadPageview) tagferry.page()
    isLoadPageview = false
  }
  replacePixel(handlers)
}
