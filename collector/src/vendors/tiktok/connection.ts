/** What TikTok needs of a site and of the process: Pixel Code, Access Token, Test Event Code, the API's origin. */
import { z } from 'zod'
import type { VendorKind } from '../vendor.js'
import { map } from './map.js'
import { createSender } from './send.js'
import type { TikTokCredentials, TikTokEvent } from './types.js'

const pixelCode = z
  .string()
  .transform((code) => code.trim().toUpperCase())
  .refine((code) => /^[CD][A-Z0-9]{9,39}$/.test(code), {
    error:
      'a Pixel Code starts with C (or D, for pixels made since April 2025) followed by letters and digits, such as CXXXXXXXXXXXXXXXXX',
  })

const accessToken = z
  .string()
  .trim()
  .transform((token) => token.replace(/^Bearer\s+/i, ''))
  .refine((token) => /^[\x21-\x7e]{1,500}$/.test(token), {
    error: 'an Access Token is one word; copy it again from TikTok Events Manager',
  })

/** Plain http would show the token to the network; loopback is the stand-in. */
const url = z
  .string()
  .refine(isSafeOrigin, {
    error: 'expected an https origin such as https://business-api.tiktok.com (http to loopback only)',
  })
  .default('https://business-api.tiktok.com')

export const tiktok: VendorKind = {
  name: 'tiktok',
  settings: { tiktokUrl: url },
  credentials: {
    pixelCode: pixelCode.optional(),
    accessToken: accessToken.optional(),
    testEventCode: z.string().trim().min(1).max(64).optional(),
  },
  create(settings, clock) {
    const sender = createSender(new URL(settings.tiktokUrl as string).origin, clock)
    return {
      name: 'tiktok',
      batchSize: 1_000,
      credentials(site) {
        const { pixelCode, accessToken, testEventCode } = site as Partial<TikTokCredentials>
        if (!pixelCode || !accessToken) return undefined
        return { pixelCode, accessToken, ...(testEventCode && { testEventCode }) } satisfies TikTokCredentials
      },
      map,
      send: (credentials, events, stop) =>
        sender.send(credentials as TikTokCredentials, events as TikTokEvent[], stop),
      close: sender.close,
    }
  },
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
