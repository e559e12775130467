/**
 * Cookies and localStorage, every touch of which may throw (sandboxed frames, private windows, full quota);
 * memory takes over then. Never knows what a key means.
 */
import { attempt } from './logger.js'

let memory: Record<string, string> = {}

export const read = (key: string): string => memory[key] ?? attempt(() => localStorage[key]) ?? ''

export const write = (key: string, value: string) => {
  memory[key] = value
  attempt(() => {
    localStorage[key] = value
    delete memory[key]
  })
}

/** A list that was written; an empty one when what is there is none. */
export const readList = <Item>(key: string): Item[] => attempt(() => JSON.parse(read(key) || '[]')) ?? []

export const writeList = (key: string, list: unknown[]) => write(key, JSON.stringify(list))

/** Removes every key with that beginning. */
export const clear = (prefix: string) => {
  memory = {}
  attempt(() => {
    for (const key in localStorage) if (key.startsWith(prefix)) delete localStorage[key]
  })
}

/**
 * The values of `name=value` in a URL or in `document.cookie`, which may hold a name more than once. Most hold
 * none: a look for the name alone spares the page the first run of a regular expression.
 */
export const valuesOf = (name: string, text = location.href): string[] =>
  text
    .split(text.includes(name) ? /[?&#;\s]+/ : name)
    .flatMap((pair) => (pair.startsWith(`${name}=`) ? pair.slice(name.length + 1) : []))

export const readCookies = (name: string) => attempt(() => valuesOf(name, document.cookie)) ?? []

/**
 * Sets a cookie for the whole site, or removes it (no value). Browsers refuse a cookie for `com` or `co.uk`, so
 * the shortest domain that keeps it is the site's: no list of public suffixes fits into a snippet.
 */
export const writeSiteCookie = (name: string, value: string, maxAgeSeconds: number) => {
  const labels = location.hostname.split('.')
  for (let first = labels.length; first-- && !(value && readCookies(name).includes(value)); )
    attempt(() => {
      // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store is missing on http and answers too late.
      document.cookie = `${name}=${value}; Domain=${labels.slice(first).join('.')}; Path=/; Max-Age=${maxAgeSeconds}; SameSite=Lax${
        location.protocol === 'https:' ? '; Secure' : ''
      }`
    })
}
