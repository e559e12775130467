/** Puts tagferry into the page under its global name, with the calls the stub has gathered. */
import { applySettings, settings } from './settings.js'
import { type Call, type Extension, startTagferry } from './tagferry.js'

export const install = (extend?: Extension) => {
  try {
    const { dataset, src } = document.currentScript as HTMLScriptElement
    applySettings({ endpoint: new URL('e', src).href, ...dataset, debug: 'debug' in dataset })
    const name = settings.global || 'tagferry'
    const globals = window as unknown as Record<string, { track?: unknown; q?: Call[] } | undefined>
    const found = globals[name]
    // The tag is on the page twice: one page view is enough.
    if (!found?.track || found.q) globals[name] = startTagferry(found?.q, extend)
  } catch {}
}
