/** What identify() was told, for as long as the page lives. Never hashes it, never stores it. */
import type { Person } from './api.js'

export const person: Record<string, unknown> & Person = {}

/** The collector refuses an event with a field it does not know, so none gets that far. */
const isField = /^(email|phone|external_id|(fir|la)st_name|city|state|country|zip_code|locale)$/

/** An empty value forgets the old one. */
export const identify = (told: Record<string, unknown>) => {
  for (const field in told) if (isField.test(field)) person[field] = told[field] || undefined
}
