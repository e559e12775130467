/** Imitates consent platforms: their interfaces in the page, and what they report when a visitor decides. */
import { setValue } from './visit.js'

export type Decision = 'undecided' | 'granted' | 'denied'

export interface Platform {
  /** Adds the platform's interface to the page. */
  install(): void
  /** Reports the visitor's decision as the platform does. */
  decide(decision: Decision): void
}

type Listener = (response: unknown, isSuccess: boolean) => void

/** Creates an IAB interface that remembers its listeners and passes each response to all of them. */
export const createCmpApi = () => {
  const listeners: Listener[] = []
  const calls: unknown[][] = []
  let lastResponse: unknown
  return {
    calls,
    call(...args: unknown[]) {
      calls.push(args)
      const listener = args.find((arg) => typeof arg === 'function') as Listener
      listeners.push(listener)
      if (lastResponse) listener(lastResponse, true)
    },
    respond(response: unknown) {
      lastResponse = response
      for (const listener of listeners) listener(response, true)
    },
  }
}

export const consentsTo = (...ids: number[]) => ({
  consents: Object.fromEntries(ids.map((id) => [id, true])),
})

const tcfResponses: Record<Decision, unknown> = {
  undecided: { eventStatus: 'cmpuishown', gdprApplies: true, purpose: consentsTo() },
  granted: { eventStatus: 'useractioncomplete', gdprApplies: true, purpose: consentsTo(1, 2, 3, 4, 7) },
  denied: { eventStatus: 'useractioncomplete', gdprApplies: true, purpose: consentsTo(2, 7) },
}

export const tcf = (): Platform => {
  const api = createCmpApi()
  return {
    install: () => setValue(window, '__tcfapi', api.call),
    decide: (decision) => api.respond(tcfResponses[decision]),
  }
}

/** Creates a parent window of another origin, which has the platform and answers messages. */
export const installInParent = (name: string, call: (...args: unknown[]) => void, isText = false) => {
  const frames = new Proxy({} as Record<string, unknown>, {
    get(_target, key) {
      if (key === `${name}Locator`) return {}
      throw new DOMException('another origin', 'SecurityError')
    },
  })
  const parent = {
    frames,
    get parent() {
      return parent
    },
    postMessage(message: Record<string, { command: string; version?: number; callId: string }>) {
      const { command, version, callId } = message[`${name}Call`] as { command: string; callId: string } & {
        version?: number
      }
      call(command, version, (returnValue: unknown, success: boolean) => {
        const data = { [`${name}Return`]: { returnValue, success, callId } }
        dispatchMessage(parent, isText ? JSON.stringify(data) : data)
      })
    },
  }
  setValue(window, 'parent', parent)
  return parent
}

/** Delivers a message to the page as if `source` had posted it. */
export const dispatchMessage = (source: unknown, data: unknown) =>
  window.dispatchEvent(Object.assign(new Event('message'), { source, data }))

/** `isText`: the parent answers with JSON text instead of an object. */
export const tcfInFrame = (isText: boolean) => (): Platform => {
  const api = createCmpApi()
  return {
    install: () => {
      installInParent('__tcfapi', api.call, isText)
    },
    decide: (decision) => api.respond(tcfResponses[decision]),
  }
}

/** Adds an entry as Google's `gtag` does: the Arguments object of its own call. */
export function gtag(..._args: unknown[]) {
  // biome-ignore lint/complexity/noArguments: Google's own snippet pushes this object.
  ;(window as unknown as { dataLayer: unknown[] }).dataLayer.push(arguments)
}

export const google = (): Platform => {
  const states = (state: string) => ({ ad_storage: state, ad_user_data: state, analytics_storage: 'granted' })
  return {
    install() {
      setValue(window, 'dataLayer', [{ event: 'gtm.js' }])
      gtag('consent', 'default', { ...states('denied'), wait_for_update: 500 })
    },
    decide(decision) {
      if (decision !== 'undecided') gtag('consent', 'update', states(decision))
    },
  }
}

export const wordpress = (): Platform => {
  let isGranted = false
  return {
    install: () =>
      setValue(window, 'wp_has_consent', (category: string) => category === 'marketing' && isGranted),
    decide(decision) {
      if (decision === 'undecided') return
      isGranted = decision === 'granted'
      // The plugin's own detail is an array with named keys.
      const detail = Object.assign([], { marketing: isGranted ? 'allow' : 'deny' })
      document.dispatchEvent(new CustomEvent('wp_listen_for_consent_change', { detail }))
    },
  }
}
