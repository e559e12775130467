/** Events that a page writes into its markup, such as `<button data-tt-event="AddToCart" data-tt-value="5">`. */

import { report } from './auto-track.js'
import { attempt } from './logger.js'
import { settings } from './settings.js'

/** A form counts when it is sent, a field when it is changed, all else when it is clicked. */
const types: Record<string, string> = {
  form: 'submit',
  input: 'change',
  select: 'change',
  textarea: 'change',
}

const hear = ({ type, target }: Event) =>
  attempt(() => {
    const prefix = settings.prefix || 'data-tt-'
    const element = (target as Element).closest(`[${prefix}event]`)
    if (!element || type !== (types[element.localName] || 'click')) return
    const get = (name: string) => element.getAttribute(prefix + name) as never
    const content_id = get('content-id')
    report(get('event'), {
      value: get('value'),
      currency: get('currency'),
      content_type: content_id && 'product',
      contents: content_id && [{ content_id }],
    })
  })

/** Captured, as pages may stop what bubbles. */
export const watchMarkup = () => {
  for (const type of ['click', 'submit', 'change']) addEventListener(type, hear, true)
}
