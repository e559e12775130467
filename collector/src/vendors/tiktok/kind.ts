/** Describes TikTok as a vendor: credentials of a site, the setting for the API's origin, and the client. */
import { z } from 'zod'
import { commonMatchKeys, type VendorKind } from '../vendor.js'
import { map } from './map.js'
import { createSender, requestBody, totalMs } from './send.js'
import type { TikTokCredentials, TikTokEvent } from './types.js'

const pixelCode = z
  .string()
  .transform((code) => withoutLabel(code).toUpperCase())
  .refine((code) => /^[CD][A-Z0-9]{9,39}$/.test(code), {
    error:
      'a Pixel Code starts with C (or D, for pixels made since April 2025) followed by letters and digits, such as CXXXXXXXXXXXXXXXXX',
  })

const accessToken = z
  .string()
  .transform((token) => withoutLabel(token).replace(/^Bearer\s+/i, ''))
  .refine((token) => /^[\x21-\x7e]{1,500}$/.test(token), {
    error: 'an Access Token is one word; copy it again from TikTok Events Manager',
  })

/** Removes a label that was copied with the value, as in `Pixel Code: C…`. */
function withoutLabel(text: string): string {
  return text.replace(/^\s*[a-z -]{0,30}(code|id|token)\s*[:=]\s*/i, '').trim()
}

/** Plain http would expose the token on the network, so it is allowed to loopback only. */
const url = z
  .string()
  .refine(isSafeOrigin, {
    error: 'expected an https origin such as https://business-api.tiktok.com (http to loopback only)',
  })
  .default('https://business-api.tiktok.com')

export const tiktok: VendorKind = {
  name: 'tiktok',
  label: 'TikTok',
  matchKeys: {
    ttclid: 'Click id (ttclid)',
    email: commonMatchKeys.email,
    phone: commonMatchKeys.phone,
    external_id: commonMatchKeys.external_id,
    ttp: 'Browser id (ttp)',
    visitor: commonMatchKeys.visitor,
  },
  phoneForm: 'e164',
  fields: [
    {
      key: 'accessToken',
      label: 'Access Token',
      hint: 'Copy it at once when TikTok has generated it: TikTok may not show it again.',
      secret: true,
    },
    {
      key: 'pixelCode',
      label: 'Pixel Code',
      hint: '20 characters that start with C or D, from the overview page of the same pixel.',
    },
    {
      key: 'testEventCode',
      label: 'Test Event Code',
      hint: 'From the Test Events tab of the pixel. While it is here, TikTok books nothing: take it out again.',
      optional: true,
    },
  ],
  steps: [
    'Open TikTok Ads Manager > Assets > Events > Web Events, and select your pixel.',
    'The Pixel Code is on the overview page of the pixel.',
    'In the settings of the same pixel: Generate Access Token. Copy it at once: TikTok may not show it again.',
    'Paste both here, Save.',
  ],
  settings: { tiktokUrl: url },
  credentials: {
    pixelCode: pixelCode.optional(),
    accessToken: accessToken.optional(),
    testEventCode: z.string().trim().min(1).max(64).optional(),
  },
  // Pixel Codes are base-32 ids that hold a timestamp. TikTok does not document this, so other codes are accepted.
  warnings({ pixelCode }): Record<string, string> {
    if (typeof pixelCode !== 'string' || /^[0-9A-V]{19}[0G]$/.test(pixelCode)) return {}
    return {
      pixelCode:
        'This does not look like a Pixel Code (20 characters, usually starting with C or D). Copy it again from Events Manager.',
    }
  },
  create(settings, clock) {
    const sender = createSender(new URL(settings.tiktokUrl as string).origin, clock)
    return {
      name: 'tiktok',
      limits: { events: 1_000, bytes: 1_048_576 },
      maxRequestMs: totalMs,
      credentials(site) {
        const { pixelCode, accessToken, testEventCode } = site as Partial<TikTokCredentials>
        if (!pixelCode || !accessToken) return undefined
        return { pixelCode, accessToken, ...(testEventCode && { testEventCode }) } satisfies TikTokCredentials
      },
      map,
      body: (events, credentials, testEventCode) =>
        requestBody(events, credentials as TikTokCredentials, testEventCode),
      send: (credentials, body, stop) =>
        sender.send((credentials as TikTokCredentials).accessToken, body, stop),
      test: (credentials) => {
        const saved = credentials as TikTokCredentials
        // TikTok counts nothing under a Test Event Code, not even under one that does not exist.
        const testEventCode = saved.testEventCode ?? 'TEST00000'
        const body = requestBody([JSON.stringify(testEvent(clock()))], saved, testEventCode)
        return sender.send(saved.accessToken, body)
      },
      close: sender.close,
    }
  },
}

/** @param now Unix milliseconds */
function testEvent(now: number): TikTokEvent {
  const eventTime = Math.floor(now / 1_000)
  // An address that is reserved for documentation (RFC 5737).
  const user = { ip: '192.0.2.1', user_agent: 'tagferry connection test' }
  const eventId = `tagferry-test-${now}`
  return { event: 'Pageview', event_time: eventTime, event_id: eventId, limited_data_use: true, user }
}

function isSafeOrigin(text: string): boolean {
  try {
    const { protocol, hostname, username, pathname, search } = new URL(text)
    if (username !== '' || pathname !== '/' || search !== '') return false
    const loopback = hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
    return protocol === 'https:' || (protocol === 'http:' && loopback)
  } catch {
    return false
  }
}
