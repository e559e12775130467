/**
 * Calls made on TikTok's own `ttq`, so that a site need not be rewritten: `replace` is `window.ttq`, `mirror` leaves
 * the real pixel there and takes the same events with the same ids.
 */
import type { ConsentAnswer, Tagferry, TrackOptions } from '../api.js'
import { aliases, lookUp } from './event-map.js'
import type { Part } from './plugin.js'

type Fields = Record<string, unknown>
type Method = (...args: unknown[]) => unknown
/** A call as the pixel's code keeps it until it is loaded. */
type Call = [method: string, ...args: unknown[]]
/** The pixel or what stands for it: a list with methods, and for each pixel code a list of its own. */
type Ttq = Call[] & Record<string, Method> & { _i?: Record<string, Call[]> }

const personNames: Record<string, string> = {
  email: 'email',
  sha256_email: 'email',
  phone: 'phone',
  phone_number: 'phone',
  sha256_phone_number: 'phone',
  external_id: 'external_id',
}

const contentNames = ['content_id', 'content_name', 'content_category', 'brand', 'price', 'quantity']

/** The pixel takes a single product without a list. */
const withContents = (given: Fields): Fields => {
  const { ...properties } = given
  if (properties.contents || !properties.content_id) return properties
  const content: Fields = {}
  for (const name of contentNames) {
    if (properties[name] !== undefined) content[name] = properties[name]
    delete properties[name]
  }
  return { content_type: 'product', ...properties, contents: [content] }
}

const optionsOf = (name: string, properties: Fields, options: Fields): TrackOptions => ({
  event_id: (options.event_id ||
    `${name}.${properties.order_id || `${Date.now()}${Math.random()}`}`) as string,
})

/** What a call means to us; the others change nothing here. `track` writes the event's id into its arguments. */
const createMethods = (tagferry: Tagferry): Record<string, (args: unknown[]) => void> => {
  const seen = new Set<unknown>()
  let isCookieOff = false
  const consent = (answer: ConsentAnswer) => () => tagferry.consent(answer)
  return {
    track(args) {
      const name = lookUp(aliases, args[0]) ?? `${args[0]}`
      const properties = (args[1] ?? {}) as Fields
      const options = optionsOf(name, properties, (args[2] ?? {}) as Fields)
      args[1] = properties
      args[2] = { ...(args[2] as Fields), ...options }
      // The pixel may give a call that waited to its own methods once more.
      const identity = `${name} ${options.event_id}`
      if (seen.has(identity)) return
      seen.add(identity)
      tagferry.track(name, withContents(properties), options)
    },
    identify(args) {
      const told: Fields = {}
      for (const [name, value] of Object.entries((args[0] ?? {}) as Fields)) {
        const field = lookUp(personNames, name)
        if (field && value) told[field] = value
      }
      tagferry.identify(told)
    },
    holdConsent: consent('hold'),
    grantConsent: consent('grant'),
    revokeConsent: consent('revoke'),
    disableCookie() {
      isCookieOff = true
      tagferry.consent('revoke')
    },
    // No consent of its own: it takes back what `disableCookie` has said.
    enableCookie() {
      if (isCookieOff) tagferry.consent('grant')
      isCookieOff = false
    },
  }
}

/** The rest of what a page may call. */
export const idleMethods = ['on', 'off', 'once', 'debug', 'alias', 'group', 'load', 'setAndDefer']

const isFirst = ([method]: Call) => /^identify$|Consent$|Cookie$/.test(method)

export const start: Part['start'] = (tagferry, settings) => {
  const page = window as unknown as { ttq?: Ttq }
  const methods = createMethods(tagferry)
  const attempt = (method: string, args: unknown[]) => {
    try {
      methods[method]?.(args)
    } catch {}
  }
  /** What was called before: who the visitor is and what they allow comes first. */
  const replay = (ttq: Ttq | undefined) => {
    const calls = [ttq, ...Object.values(ttq?._i ?? {})]
      .flatMap((list) => (Array.isArray(list) ? (list as Call[]) : []))
      .filter(Array.isArray)
    for (const call of [...calls.filter(isFirst), ...calls.filter((each) => !isFirst(each))]) {
      const [method, ...args] = call
      attempt(method, args)
      call.splice(1, call.length, ...args)
    }
  }

  if (settings.ttq === 'mirror') {
    const mirrored = new WeakSet<object>()
    const mirror = (ttq: Ttq | undefined) => {
      for (const method in methods) {
        const real = ttq?.[method]
        if (!real || mirrored.has(real)) continue
        const both: Method = (...args) => {
          attempt(method, args)
          return real.apply(ttq, args)
        }
        mirrored.add(both)
        ;(ttq as Ttq)[method] = both
      }
      return ttq
    }
    replay(page.ttq)
    let current = mirror(page.ttq)
    // The pixel puts itself in the place of what its code has left there.
    Object.defineProperty(page, 'ttq', {
      configurable: true,
      get: () => current,
      set: (ttq: Ttq) => {
        current = mirror(ttq)
      },
    })
    for (const waitMs of [1e3, 3e3, 1e4]) setTimeout(() => mirror(current), waitMs)
    return
  }

  const waiting = page.ttq
  let isLoaded = settings.pageview !== 'off'
  methods.page = () => {
    // The pixel's code calls it for the page view that was sent on load.
    if (!isLoaded) tagferry.page()
    isLoaded = false
  }
  const ttq: Record<string, unknown> = {}
  for (const method of [...Object.keys(methods), ...idleMethods])
    ttq[method] = (...args: unknown[]) => attempt(method, args)
  ttq.instance = () => ttq
  ttq.instances = () => [ttq]
  ttq.ready = (run: unknown) => typeof run === 'function' && run()
  ttq.push = (call: Call) => replay([call] as unknown as Ttq)
  page.ttq = ttq as unknown as Ttq
  replay(waiting)
}
