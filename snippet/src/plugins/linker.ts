/** Carries the click id to other domains of the shop: adds it to a link on click, and reads it on the landing page. */
import { readValues } from '../storage.js'
import type { Plugin } from './plugin.js'

/** `<click id>~<Unix ms of capture>~<Unix ms of the click on the link>` */
const parameter = 'tagferry_link'
/** A link that is shared or bookmarked must not carry one visitor's click id to another. */
const maxAgeMs = 120_000

/** The URL of the navigation as well as the current one: a router may have changed the address since. */
const getLandingUrls = () => `${performance.getEntriesByType?.('navigation')[0]?.name} ${location.href}`

export const start: Plugin['start'] = (_tagferry, settings, getClickEntry, addCapturedClick, isGranted) => {
  const [value = ''] = readValues(parameter, getLandingUrls())
  const [clickId, capturedAt, linkedAt] = decodeURIComponent(value).split('~')
  const ageMs = Date.now() - Number(linkedAt)
  if (Number(capturedAt) <= Number(linkedAt) && Math.abs(ageMs) < maxAgeMs)
    addCapturedClick(`${clickId}~${capturedAt}`)

  const hosts = `${settings.linker}`.split(/[\s,]+/)
  const decorateLink = ({ target }: Event) => {
    const link = (target as Element).closest?.('a')
    const entry = getClickEntry()
    if (!link || entry.startsWith('~') || !isGranted() || !hosts.includes(link.hostname)) return
    const { href } = link
    link.search += `${link.search ? '&' : '?'}${parameter}=${entry}~${Date.now()}`
    // Remove it right after the click, so that a copy of the link is clean.
    setTimeout(() => {
      link.href = href
    })
  }
  for (const type of ['click', 'auxclick']) addEventListener(type, decorateLink, true)
}
