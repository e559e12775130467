// Knows how visitors with addresses of their own send events, and which address each event must bear at TikTok.
import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { call } from './http.js'
import type { TikTok } from './tiktok.js'

export interface Visitors {
  /** One request of ten events after the other, until told to stop. */
  send(origins: readonly string[], site: string, until: AbortSignal): Promise<void>
  /** So many requests, and no more. */
  sendSome(origin: string, site: string, requests: number): Promise<void>
  /** Address by event id, of all events that were accepted. */
  addresses: Map<string, string>
  /** What was answered otherwise. */
  failures: string[]
}

/** The collector must believe `X-Forwarded-For` of this machine. */
export function createVisitors(): Visitors {
  const addresses = new Map<string, string>()
  const failures: string[] = []
  let last = 0

  async function sendOne(origin: string, site: string): Promise<void> {
    const request = ++last
    const ip = `198.51.${request >> 8}.${request & 255}`
    const ids = Array.from({ length: 10 }, (_, index) => `${site}.${request}.${index}`)
    const headers = {
      'content-type': 'text/plain',
      origin: `https://${site}`,
      'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
      'x-forwarded-for': ip,
    }
    const body = { site, events: ids.map((event_id) => ({ event: 'Lead', event_id })) }
    try {
      const { status, text } = await call(origin, { method: 'POST', path: '/e', headers, body })
      if (status !== 202 || !text.startsWith('{"accepted":10,')) failures.push(`${status} ${text}`)
      else for (const id of ids) addresses.set(id, ip)
    } catch (error) {
      failures.push(String(error))
    }
  }

  return {
    addresses,
    failures,
    async send(origins, site, until) {
      const sender = async (origin: string) => {
        while (!until.aborted) {
          await sendOne(origin, site)
          await sleep(5)
        }
      }
      await Promise.all(origins.map(sender))
    },
    async sendSome(origin, site, requests) {
      for (let sent = 0; sent < requests; sent++) await sendOne(origin, site)
    },
  }
}

/** Address by event id, as TikTok was told; `undefined` for an event without one. Later requests win. */
export function sentAddresses(tiktok: TikTok, since = 0): Map<string, unknown> {
  const events = tiktok.requests.slice(since).flatMap(({ body }) => body.data)
  return new Map(events.map(({ event_id: id, user }) => [id, user.ip]))
}

/** How a sealed record names its key: bytes 2 to 5, in hex. */
export const keyId = (base64: string) =>
  createHash('sha256').update(Buffer.from(base64, 'base64')).digest('hex').slice(0, 8)
