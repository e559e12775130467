/** Defines a vendor for tests that is not shaped like TikTok: other ids, phone numbers hashed as digits, another body. */
import { z } from 'zod'
import type { ClickId, ClickIdTable } from '../../collector/src/click-ids.js'
import { commonMatchKeys, type VendorKind } from '../../collector/src/vendors/vendor.js'

const rows: readonly ClickId[] = [
  { key: 'fbclid', vendor: 'meta', parameter: 'fbclid', pattern: /^[\w-]{1,500}$/ },
  { key: 'fbp', vendor: 'meta', cookie: '_fbp', pattern: /^fb\.\d\.\d+\.\d+$/ },
]
/** The types know only keys of vendors in the source. */
export const metaClickIds = rows as ClickIdTable

export const meta: VendorKind = {
  name: 'meta',
  label: 'Meta',
  matchKeys: {
    fbclid: 'Click id (fbclid)',
    email: commonMatchKeys.email,
    phone: commonMatchKeys.phone,
    fbp: 'Browser id (fbp)',
  },
  phoneForm: 'digits',
  fields: [{ key: 'metaToken', label: 'Token', hint: 'A token.', secret: true }],
  steps: ['Copy the token.'],
  warnings: () => ({}),
  settings: { metaUrl: z.url().optional() },
  credentials: { metaToken: z.string().optional() },
  create({ metaUrl }) {
    return {
      name: 'meta',
      limits: { events: 10, bytes: 6_000 },
      maxRequestMs: 10_000,
      credentials: ({ metaToken }) => metaToken,
      map({ event, eventId, receivedAt, user }) {
        const { fbclid, fbp } = user as { fbclid?: string; fbp?: string }
        const fbc = fbclid && `fb.1.${receivedAt}.${fbclid}`
        return {
          event_name: event,
          event_id: eventId,
          user_data: { em: user.email, ph: user.phone_digits, fbc, fbp },
        }
      },
      body: (events, _token, code) =>
        `{"data":[${events.join(',')}]${code ? `,"test_event_code":${JSON.stringify(code)}` : ''}}`,
      async send(token, body) {
        const response = await fetch(`${metaUrl}?access_token=${token}`, { method: 'POST', body })
        return response.ok ? { kind: 'delivered' } : { kind: 'refused', message: `HTTP ${response.status}` }
      },
      test: async () => ({ kind: 'delivered' }),
      close: async () => {},
    }
  },
}
