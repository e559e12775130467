/** Defines a second vendor for tests: a vendor such as Meta needs one such folder, and one line in vendors/index.ts. */
import { z } from 'zod'
import type { VendorKind } from '../../collector/src/vendors/vendor.js'

export const sibling: VendorKind = {
  name: 'sibling',
  label: 'Sibling',
  matchKeys: { email: 'E-mail' },
  phoneForm: 'e164',
  fields: [{ key: 'siblingToken', label: 'Token', hint: 'A token.', secret: true }],
  steps: ['Copy the token.'],
  warnings: () => ({}),
  settings: { siblingUrl: z.url().optional() },
  credentials: { siblingToken: z.string().optional() },
  create({ siblingUrl }) {
    return {
      name: 'sibling',
      limits: { events: 10, bytes: 100_000 },
      maxRequestMs: 10_000,
      credentials: ({ siblingToken }) => siblingToken,
      // This vendor has no format for a search.
      map: ({ event, eventId, user }) =>
        event === 'Search' ? undefined : { name: event, id: eventId, user },
      body: (events) => `[${events.join(',')}]`,
      async send(token, body) {
        try {
          const response = await fetch(String(siblingUrl), {
            method: 'POST',
            headers: { authorization: String(token) },
            body,
            signal: AbortSignal.timeout(10_000),
          })
          return response.ok ? { kind: 'delivered' } : { kind: 'refused', message: `HTTP ${response.status}` }
        } catch {
          return { kind: 'ambiguous', message: 'no answer' }
        }
      },
      test: async () => ({ kind: 'delivered' }),
      close: async () => {},
    }
  },
}
