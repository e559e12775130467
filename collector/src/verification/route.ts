/** Receives the reports of scripts about their pages: `/verify`. */
import type { Express } from 'express'
import { readBody } from '../http/body.js'
import { cleanAddress } from '../http/client-ip.js'
import type { Limiter } from '../http/rate-limit.js'
import type { Verification } from './handshake.js'

export interface VerifyDeps {
  verification: Pick<Verification, 'submit'>
  limiter: Limiter | undefined
  clock: () => number
}

const maxBytes = 8_192
const bodyDeadlineMs = 10_000
/** The longest host name of DNS. */
const maxSiteLength = 253

/** `POST /verify` takes `{site, nonce, report}`. The answer is 204 in any case, so it reveals nothing about the nonce. */
export function addVerifyRoute(app: Express, { verification, limiter, clock }: VerifyDeps): void {
  const submit = async ({ site, nonce, report }: Record<string, unknown>) => {
    if (typeof site === 'string' && typeof nonce === 'string' && site.length <= maxSiteLength)
      await verification.submit(site, nonce, report, clock())
  }
  app.use('/verify', (request, response, next) => {
    response.set({ 'Access-Control-Allow-Origin': '*', 'Cache-Control': 'no-store' })
    const waitSeconds = limiter?.take(cleanAddress(request.ip) ?? '', clock()) ?? 0
    if (waitSeconds > 0) return void response.status(429).set('Retry-After', String(waitSeconds)).end()
    next()
  })
  app.post('/verify', async (request, response) => {
    const body = await readBody(request, maxBytes, bodyDeadlineMs)
    if (!body.ok) {
      response.shouldKeepAlive = false
      return void response.status(body.refusal.status).end()
    }
    await submit((body.value ?? {}) as Record<string, unknown>)
    response.status(204).end()
  })
  // If the page's policy blocks requests but allows our scripts, the script reports by loading an empty script from here.
  app.get('/verify', async (request, response) => {
    const { report, ...handshake } = Object.fromEntries(new URL(request.url, 'http://collector').searchParams)
    await submit({ ...handshake, report: readJson(report) })
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
