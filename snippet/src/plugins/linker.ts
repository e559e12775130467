/** Carries the click id to other domains of the shop: put into a link when it is clicked, read where it leads. */
import { valuesOf } from '../storage.js'
import type { Part } from './plugin.js'

/** `<click id>~<Unix ms of capture>~<Unix ms of the click on the link>` */
const parameter = 'tagferry_link'
/** A link that is shared or kept carries nobody else's click. */
const freshMs = 120_000

/** The address as it was when the page came, whatever a router has made of it since. */
const landing = () => `${performance.getEntriesByType?.('navigation')[0]?.name} ${location.href}`

export const start: Part['start'] = (_tagferry, settings, clickEntry, land, isGranted) => {
  const [brought = ''] = valuesOf(parameter, landing())
  const [id, captured, clicked] = decodeURIComponent(brought).split('~')
  const age = Date.now() - Number(clicked)
  if (Number(captured) <= Number(clicked) && Math.abs(age) < freshMs) land(`${id}~${captured}`)

  const hosts = `${settings.linker}`.split(/[\s,]+/)
  const hear = ({ target }: Event) => {
    const link = (target as Element).closest?.('a')
    const entry = clickEntry()
    if (!link || entry.startsWith('~') || !isGranted() || !hosts.includes(link.hostname)) return
    const { href } = link
    link.search += `${link.search ? '&' : '?'}${parameter}=${entry}~${Date.now()}`
    // Whoever copies the link later copies the bare one.
    setTimeout(() => {
      link.href = href
    })
  }
  for (const type of ['click', 'auxclick']) addEventListener(type, hear, true)
}
