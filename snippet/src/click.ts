/** Captures, validates and stores the click ids of one vendor. Never restores a stripped id, never guesses one. */
import { settings } from './settings.js'
import { read, readCookies, readValues, write, writeSiteCookie } from './storage.js'
import { browserCookie, browserKey, clickCookie, clickKey, clickPattern, parameter } from './vendor-ids.js'

/** Cookie and localStorage entry, `<click id>~<Unix ms of capture>`; the collector writes the cookie too. */
const lastClickKey = `tagferry_${clickKey}`
const firstClickKey = `tagferry_${clickKey}_first`

/** Entries captured on this page: from its address, or from a link of another domain of the shop. */
const capturedClicks: string[] = []

export const addCapturedClick = (entry: string) => capturedClicks.push(entry)

const isClickId = (id: string) => clickPattern.test(id)

const getClickId = (entry: string) => entry.split('~')[0] as string
const getCapturedAt = (entry: string) => +(entry.split('~')[1] as string)

const getMaxAgeSeconds = () => (+(settings.clickDays as number) || 30) * 86400

/** Returns an entry that begins with `~` when all are too old or none is a click id. */
const findNewest = (entries: string[]) =>
  entries.reduce(
    (newest, entry) =>
      getCapturedAt(entry) > getCapturedAt(newest) && isClickId(getClickId(entry)) ? entry : newest,
    `~${Date.now() - getMaxAgeSeconds() * 1e3}`,
  )

const readStoredClick = () => findNewest([...readCookies(lastClickKey), read(lastClickKey)])

/** Returns the newest entry, whether or not it could be stored. */
export const getClickEntry = () => findNewest([readStoredClick(), ...capturedClicks])

/**
 * Reads the click id from the address before a router or a redirect changes it. The query comes first, then the
 * fragment, then the referrer if it has the same host. Touches no storage.
 */
export const captureClickId = () => {
  const { href, host } = location
  const { referrer } = document
  const clickId = readValues(parameter, `${href} ${referrer.split('/')[2] === host && referrer}`).find(
    isClickId,
  )
  // biome-ignore lint/style/useTemplate: packs better.
  if (clickId) capturedClicks.push(clickId + '~' + Date.now())
}

/** Stores the captured click unless the stored one has the same id (a reload) or is newer (another tab). */
export const storeClick = () => {
  const entry = getClickEntry()
  if (getClickId(entry) === getClickId(readStoredClick())) return
  writeSiteCookie(lastClickKey, entry, getMaxAgeSeconds())
  write(lastClickKey, entry)
  if (!getClickId(findNewest([read(firstClickKey)]))) write(firstClickKey, entry)
}

/** Removes the cookie only: callers clear localStorage as a whole. */
export const removeClickCookie = () => writeSiteCookie(lastClickKey, '', 0)

/** Returns the fields of an event's `user`. The cookies of the vendor's pixel are read, never written. */
export const getClickIds = () => ({
  [clickKey]: getClickId(readStoredClick()) || readCookies(clickCookie).find(isClickId),
  ...(browserCookie && { [browserKey]: readCookies(browserCookie)[0] }),
})
