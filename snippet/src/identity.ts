/** What identify() was told, for as long as the page lives. Never hashes it, never stores it. */
import type { Person } from './api.js'

export const person: Record<string, unknown> & Person = {}

/** An empty value forgets the old one. The collector refuses an event with another field, so none gets that far. */
export const identify = (told: Record<string, unknown>) => {
  for (const field in told)
    if (/^(email|phone|external_id|(fir|la)st_name|city|state|country|zip_code|locale)$/.test(field))
      person[field] = told[field] || undefined
}
