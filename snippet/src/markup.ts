/** Tracks events declared in the page's markup, such as `<button data-tt-event="AddToCart" data-tt-value="5">`. */

import { autoTrack } from './auto-track.js'
import { attempt } from './logger.js'
import { settings } from './settings.js'

/** The DOM event that triggers an element of this name; any other element is triggered by a click. */
const triggers: Record<string, string> = {
  form: 'submit',
  input: 'change',
  select: 'change',
  textarea: 'change',
}

const handleEvent = ({ type, target }: Event) =>
  attempt(() => {
    const prefix = settings.prefix || 'data-tt-'
    const element = (target as Element).closest(`[${prefix}event]`)
    if (!element || (triggers[element.localName] || 'click') !== type) return
    const get = (name: string) => element.getAttribute(prefix + name) as never
    const content_id = get('content-id')
    autoTrack(get('event'), {
      value: get('value'),
      currency: get('currency'),
      content_type: content_id && 'product',
      contents: content_id && [{ content_id }],
    })
  })

/** Listens in the capture phase, because pages may stop the propagation of an event. */
export const trackMarkup = () => {
  for (const type of ['click', 'submit', 'change']) addEventListener(type, handleEvent, true)
}
