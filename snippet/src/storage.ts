/**
 * Reads and writes cookies and localStorage. Any access may throw (sandboxed frames, private windows, full quota);
 * values are then kept in memory.
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

/** Returns an empty list when the stored value is missing or broken. */
export const readList = <Item>(key: string): Item[] => attempt(() => JSON.parse(read(key) || '[]')) ?? []

export const writeList = (key: string, list: unknown[]) => write(key, JSON.stringify(list))

/** Removes every key with the prefix. */
export const clear = (prefix: string) => {
  memory = {}
  attempt(() => {
    for (const key in localStorage) if (key.startsWith(prefix)) delete localStorage[key]
  })
}

/**
 * Returns all values of `name=value` in a URL or in `document.cookie`. Most texts have none: a search for the bare
 * name spares the page its first run of a regular expression.
 */
export const readValues = (name: string, text = location.href): string[] =>
  text
    .split(text.includes(name) ? /[?&#;\s]+/ : name)
    .flatMap((pair) => (pair.startsWith(`${name}=`) ? pair.slice(name.length + 1) : []))

export const readCookies = (name: string) => attempt(() => readValues(name, document.cookie)) ?? []

/**
 * Sets a cookie for the whole site, or removes it if the value is empty. Browsers refuse a cookie for `com` or
 * `co.uk`, so the shortest domain that keeps it is the site's. A list of public suffixes would not fit into the script.
 */
export const writeSiteCookie = (name: string, value: string, maxAgeSeconds: number) => {
  const labels = location.hostname.split('.')
  for (let first = labels.length; first-- && !(value && readCookies(name).includes(value)); )
    attempt(() => {
      // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store is asynchronous and missing on http.
      document.cookie = `${name}=${value}; Domain=${labels.slice(first).join('.')}; Path=/; Max-Age=${maxAgeSeconds}; SameSite=Lax${
        location.protocol === 'https:' ? '; Secure' : ''
      }`
    })
}
