/** The handshake by which a page tells its owner how the script stands in it: asked for once, answered once. */
import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { Express } from 'express'
import { readBody } from '../http/body.js'
import { cleanAddress } from '../http/client-ip.js'
import type { Limiter } from '../http/rate-limit.js'
import type { Records } from '../store/records.js'

/** What a page may tell: short texts, numbers, yes or no. */
export type Report = Record<string, string | number | boolean>

export interface Verification {
  /** Asks anew; what was reported before is forgotten. */
  begin(site: string, now: number): Promise<void>
  /** What was asked last, and the answer if there is one. */
  last(site: string): Promise<{ nonce: string; askedAt: number; report?: Report; at?: number } | undefined>
  /** Takes an answer; nothing happens for one that nobody has asked for. */
  take(site: string, nonce: string, report: unknown, now: number): Promise<void>
}

const validMs = 3_600_000
const largest = 8_192

export function createVerification(store: Pick<Records, 'record' | 'write'>): Verification {
  const last = async (site: string) => {
    const record = await store.record('setting', `verify:${site}`)
    return record?.body as { nonce: string; askedAt: number; report?: Report; at?: number } | undefined
  }
  return {
    last,
    async begin(site, now) {
      const body = { nonce: randomBytes(16).toString('base64url'), askedAt: now }
      await store.write([{ kind: 'setting', id: `verify:${site}`, body }])
    },
    async take(site, nonce, report, now) {
      const asked = await last(site)
      if (!asked || now - asked.askedAt > validMs || !isSame(nonce, asked.nonce)) return
      const body = { ...asked, report: readReport(report), at: now }
      await store.write([{ kind: 'setting', id: `verify:${site}`, body }])
    },
  }
}

function isSame(given: string, nonce: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(nonce)]
  return one.length === other.length && timingSafeEqual(one, other)
}

function readReport(report: unknown): Report {
  if (typeof report !== 'object' || report === null) return {}
  const entries = Object.entries(report)
    .filter(([key]) => /^[a-z][a-z_]{0,40}$/i.test(key))
    .slice(0, 60)
  const fields = entries.flatMap(([key, value]): [string, string | number | boolean][] => {
    if (typeof value === 'string') return [[key, value.slice(0, 300)]]
    return typeof value === 'boolean' || Number.isFinite(value) ? [[key, value as number | boolean]] : []
  })
  return Object.fromEntries(fields)
}

export interface VerifyDeps {
  verification: Verification
  limiter: Limiter | undefined
  clock: () => number
}

/** `POST /verify` with `{site, nonce, report}`; answers 204 whatever came, so that nobody learns anything. */
export function addVerifyRoute(app: Express, { verification, limiter, clock }: VerifyDeps): void {
  const take = async ({ site, nonce, report }: Record<string, unknown>) => {
    if (typeof site === 'string' && typeof nonce === 'string' && site.length <= 253)
      await verification.take(site, nonce, report, clock())
  }
  app.use('/verify', (request, response, next) => {
    response.set({ 'Access-Control-Allow-Origin': '*', 'Cache-Control': 'no-store' })
    const wait = limiter?.take(cleanAddress(request.ip) ?? '', clock()) ?? 0
    if (wait > 0) return void response.status(429).set('Retry-After', String(wait)).end()
    next()
  })
  app.post('/verify', async (request, response) => {
    const body = await readBody(request, largest, 10_000)
    if (!body.ok) {
      response.shouldKeepAlive = false
      return void response.status(body.refusal.status).end()
    }
    await take((body.value ?? {}) as Record<string, unknown>)
    response.status(204).end()
  })
  // A page whose policy lets no request out may still load scripts from here: its answer is the address of an empty one.
  app.get('/verify', async (request, response) => {
    const { report, ...asked } = Object.fromEntries(new URL(request.url, 'http://collector').searchParams)
    await take({ ...asked, report: readJson(report) })
    response.set('Cross-Origin-Resource-Policy', 'cross-origin').type('text/javascript').end()
  })
}

function readJson(text: unknown): unknown {
  try {
    return JSON.parse(String(text))
  } catch {
    return undefined
  }
}
