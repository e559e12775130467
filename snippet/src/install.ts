/** Installs tagferry under its global name, with the calls that the stub has queued. */
import { applySettings, settings } from './settings.js'
import { type Extension, type QueuedCall, startTagferry } from './tagferry.js'

export const install = (extend?: Extension) => {
  try {
    const { dataset, src } = document.currentScript as HTMLScriptElement
    applySettings({ endpoint: new URL('e', src).href, ...dataset, debug: 'debug' in dataset })
    const name = settings.global || 'tagferry'
    const globals = window as unknown as Record<string, { track?: unknown; q?: QueuedCall[] } | undefined>
    const existing = globals[name]
    // If the page has a second script tag, a single page view must be sent.
    if (!existing?.track || existing.q) globals[name] = startTagferry(existing?.q, extend)
  } catch {}
}
