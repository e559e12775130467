/**
 * Click ids: how one looks, where a landing shows it, where it is kept. The only file that knows their names.
 * Never restores a stripped id, never guesses one.
 */
import { settings } from './settings.js'
import { read, readCookies, valuesOf, write, writeSiteCookie } from './storage.js'

/** Parameter of the landing URL; also the pixel's own cookie: read, never written, as the pixel keeps it 24 h. */
const clickName = 'ttclid'
/** Cookie and localStorage entry, `<click id>~<Unix ms of capture>`; the collector writes the cookie too. */
const lastKey = 'tagferry_ttclid'
const firstKey = 'tagferry_ttclid_first'

let landed = ''

/** No placeholder such as `__CLICKID__`: those come from previews and misconfigured ads. */
const isClickId = (id: string) => /^(?!_+CLICKID_+$)[\w.-]{1,1000}$/.test(id)

const idOf = (entry: string) => entry.split('~')[0] as string
const timeOf = (entry: string) => Number(entry.split('~')[1])

/** The click id of this landing: in the query, else in the fragment, else in the page of this host before. */
export const findClickId = (url: string, host: string, referrer: string): string | undefined =>
  valuesOf(clickName, referrer.split('/')[2] === host ? `${url} ${referrer}` : url).find(isClickId)

const maxAgeSeconds = () => (Number(settings.clickDays) || 30) * 86400

/** `''` when all are too old or none is a click id. */
const newestId = (...entries: string[]) =>
  idOf(
    entries.reduce(
      (best, entry) => (isClickId(idOf(entry)) && timeOf(entry) > timeOf(best) ? entry : best),
      `~${Date.now() - maxAgeSeconds() * 1e3}`,
    ),
  )

const stored = () => [...readCookies(lastKey), read(lastKey)]

/** Looks at the address, before a router or a redirect changes it. Touches no storage. */
export const land = () => {
  landed = `${findClickId(location.href, location.host, document.referrer) ?? ''}~${Date.now()}`
  return landed
}

/** Writes the landing's id down if it is news: not on a reload, nor after a later click in another tab. */
export const keepClick = () => {
  if (newestId(...stored(), landed) === newestId(...stored())) return
  writeSiteCookie(lastKey, landed, maxAgeSeconds())
  write(lastKey, landed)
  if (!newestId(read(firstKey))) write(firstKey, landed)
}

/** Removes the cookie; localStorage is emptied as a whole. */
export const forgetClick = () => writeSiteCookie(lastKey, '', 0)

/** Fields of an event's `user`. */
export const clickIds = () => ({
  ttclid: newestId(...stored()) || readCookies(clickName).find(isClickId),
  ttp: readCookies('_ttp')[0],
})
