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

/** What this page brought: by its address, or by a link from another domain of the shop. */
const landed: string[] = []

export const land = (entry: string) => landed.push(entry)

/** No placeholder such as `__CLICKID__`: those come from previews and misconfigured ads. */
const isClickId = (id: string) => /^(?!_+CLICKID_+$)[\w.-]{1,1000}$/.test(id)

const idOf = (entry: string) => entry.split('~')[0] as string
const timeOf = (entry: string) => +(entry.split('~')[1] as string)

const maxAgeSeconds = () => (+(settings.clickDays as number) || 30) * 86400

/** Begins with `~` when all are too old or none is a click id. */
const newest = (entries: string[]) =>
  entries.reduce(
    (best, entry) => (timeOf(entry) > timeOf(best) && isClickId(idOf(entry)) ? entry : best),
    `~${Date.now() - maxAgeSeconds() * 1e3}`,
  )

const stored = () => newest([...readCookies(lastKey), read(lastKey)])

/** What is known, whether it could be stored or not. */
export const clickEntry = () => newest([stored(), ...landed])

/**
 * Looks at the address, before a router or a redirect changes it: the query, then the fragment, then the page of
 * this host before. Touches no storage.
 */
export const look = () => {
  const { href, host } = location
  const { referrer } = document
  const found = valuesOf(clickName, `${href} ${referrer.split('/')[2] === host && referrer}`).find(isClickId)
  // biome-ignore lint/style/useTemplate: packs better.
  if (found) land(found + '~' + Date.now())
}

/** Writes the landing's id down if it is news: not on a reload, nor after a later click in another tab. */
export const keepClick = () => {
  const entry = clickEntry()
  if (idOf(entry) === idOf(stored())) return
  writeSiteCookie(lastKey, entry, maxAgeSeconds())
  write(lastKey, entry)
  if (!idOf(newest([read(firstKey)]))) write(firstKey, entry)
}

/** Removes the cookie; localStorage is emptied as a whole. */
export const forgetClick = () => writeSiteCookie(lastKey, '', 0)

/** Fields of an event's `user`. */
export const clickIds = () => ({
  ttclid: idOf(stored()) || readCookies(clickName).find(isClickId),
  ttp: readCookies('_ttp')[0],
})
