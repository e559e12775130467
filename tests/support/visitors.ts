// Sends events of visitors with different addresses, and tells which address each event must have at TikTok.
import { createHash } from 'node:crypto'
import { postAsPage } from './events.js'
import type { TikTok } from './tiktok.js'
import { sleep } from './wait.js'

export interface Visitors {
  /** Sends requests of ten events to each collector, one after the other, until the signal aborts. */
  send(origins: readonly string[], site: string, until: AbortSignal): Promise<void>
  /** Sends a number of requests of ten events. */
  sendSome(origin: string, site: string, requests: number): Promise<void>
  /** Address by event id, of all accepted events. */
  addresses: Map<string, string>
  /** All other answers and broken requests. */
  failures: string[]
}

/** The collector must trust `X-Forwarded-For` of this machine. */
export function createVisitors(): Visitors {
  const addresses = new Map<string, string>()
  const failures: string[] = []
  let last = 0

  async function sendOne(origin: string, site: string): Promise<void> {
    const request = ++last
    const ip = `198.51.${request >> 8}.${request & 255}`
    const ids = Array.from({ length: 10 }, (_, index) => `${site}.${request}.${index}`)
    const events = ids.map((event_id) => ({ event: 'Lead', event_id }))
    try {
      const { status, text } = await postAsPage(origin, events, { site, headers: { 'x-forwarded-for': ip } })
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

/** Address by event id, as TikTok received it; undefined for an event without an address. Later requests win. */
export function sentAddresses(tiktok: TikTok, since = 0): Map<string, unknown> {
  const events = tiktok.requests.slice(since).flatMap(({ body }) => body.data)
  return new Map(events.map(({ event_id: id, user }) => [id, user.ip]))
}

/** The id under which an encrypted record names its key: bytes 2 to 5, in hex. */
export const keyId = (base64: string) =>
  createHash('sha256').update(Buffer.from(base64, 'base64')).digest('hex').slice(0, 8)
