// Posts events to a collector, as the pages and the server of a shop do.
import { type Answer, call } from './http.js'

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'

export interface PostOptions {
  /** Domain of the site; shop.example by default. */
  site?: string
  /** Replace or add headers. */
  headers?: Record<string, string>
}

/** Posts events to `/e` as a page of the site does. */
export const postAsPage = (
  origin: string,
  events: readonly object[],
  { site = 'shop.example', headers = {} }: PostOptions = {},
): Promise<Answer> =>
  call(origin, {
    method: 'POST',
    path: '/e',
    headers: {
      'content-type': 'text/plain',
      origin: `https://${site}`,
      'user-agent': firefox,
      ...headers,
    },
    body: { site, events },
  })

/** Posts events to `/v1/events` with an API key. */
export const postAsServer = (
  origin: string,
  key: string,
  events: readonly object[],
  { site = 'shop.example', headers = {} }: PostOptions = {},
): Promise<Answer> =>
  call(origin, {
    method: 'POST',
    path: '/v1/events',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, ...headers },
    body: { site, events },
  })

/** Throws unless the events were accepted, with what was answered instead. */
export function expectAccepted({ status, text }: Answer): void {
  if (status !== 202) throw new Error(`The events were answered ${status}: ${text}`)
}
