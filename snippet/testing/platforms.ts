/** Consent platforms for tests: what each puts into a page, and says when a visitor is asked, agrees or refuses. */
import { setValue } from './visit.js'

export type Word = 'ask' | 'agree' | 'refuse'

export interface Platform {
  /** Puts it into the page. */
  appear(): void
  say(word: Word): void
}

type Listener = (answer: unknown, isSuccess: boolean) => void

/** An interface that keeps its listeners, and tells each the last word. */
export const createApi = () => {
  const listeners: Listener[] = []
  const calls: unknown[][] = []
  let last: unknown
  return {
    calls,
    call(...args: unknown[]) {
      calls.push(args)
      const listener = args.find((arg) => typeof arg === 'function') as Listener
      listeners.push(listener)
      if (last) listener(last, true)
    },
    say(answer: unknown) {
      last = answer
      for (const listener of listeners) listener(answer, true)
    },
  }
}

export const agreed = (...ids: number[]) => ({ consents: Object.fromEntries(ids.map((id) => [id, true])) })

const tcfWords: Record<Word, unknown> = {
  ask: { eventStatus: 'cmpuishown', gdprApplies: true, purpose: agreed() },
  agree: { eventStatus: 'useractioncomplete', gdprApplies: true, purpose: agreed(1, 2, 3, 4, 7) },
  refuse: { eventStatus: 'useractioncomplete', gdprApplies: true, purpose: agreed(2, 7) },
}

export const tcf = (): Platform => {
  const api = createApi()
  return {
    appear: () => setValue(window, '__tcfapi', api.call),
    say: (word) => api.say(tcfWords[word]),
  }
}

/** A parent window of another origin, which has the platform and answers messages. */
export const putIntoParent = (name: string, call: (...args: unknown[]) => void, isText = false) => {
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
        tellWindow(parent, isText ? JSON.stringify(data) : data)
      })
    },
  }
  setValue(window, 'parent', parent)
  return parent
}

export const tellWindow = (source: unknown, data: unknown) =>
  window.dispatchEvent(Object.assign(new Event('message'), { source, data }))

export const tcfInFrame = (isText: boolean) => (): Platform => {
  const api = createApi()
  return {
    appear: () => {
      putIntoParent('__tcfapi', api.call, isText)
    },
    say: (word) => api.say(tcfWords[word]),
  }
}

/** As `gtag` writes it: the entry is the Arguments of its call. */
export function gtag(..._args: unknown[]) {
  // biome-ignore lint/complexity/noArguments: that is what Google's own snippet pushes.
  ;(window as unknown as { dataLayer: unknown[] }).dataLayer.push(arguments)
}

export const google = (): Platform => {
  const both = (state: string) => ({ ad_storage: state, ad_user_data: state, analytics_storage: 'granted' })
  return {
    appear() {
      setValue(window, 'dataLayer', [{ event: 'gtm.js' }])
      gtag('consent', 'default', { ...both('denied'), wait_for_update: 500 })
    },
    say(word) {
      if (word !== 'ask') gtag('consent', 'update', both(word === 'agree' ? 'granted' : 'denied'))
    },
  }
}

export const wordpress = (): Platform => {
  let isAllowed = false
  return {
    appear: () => setValue(window, 'wp_has_consent', (kind: string) => kind === 'marketing' && isAllowed),
    say(word) {
      if (word === 'ask') return
      isAllowed = word === 'agree'
      // The plugin's own detail is a list with named keys.
      const detail = Object.assign([], { marketing: isAllowed ? 'allow' : 'deny' })
      document.dispatchEvent(new CustomEvent('wp_listen_for_consent_change', { detail }))
    },
  }
}
