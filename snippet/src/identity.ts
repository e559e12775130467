/** Holds what the page has passed to identify(), in memory only and unhashed, until the page ends. */
import type { Identity } from './api.js'

export const identity: Record<string, unknown> & Identity = {}

/** An empty value removes the field: the collector leaves it out. Unknown fields never leave the page. */
export const identify = (fields: Record<string, unknown>) => {
  for (const field in fields)
    if (/^(email|phone|external_id|(fir|la)st_name|city|state|country|zip_code|locale)$/.test(field))
      identity[field] = fields[field]
}
