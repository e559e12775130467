/** The collect routes: what HTTP says becomes an `Arrival`, what the intake says becomes an answer. */
import type { Express, Request, Response } from 'express'
import type { RequestContext, Source } from '../event.js'
import { readBody } from '../http/body.js'
import { cleanAddress } from '../http/client-ip.js'
import type { Limiter } from '../http/rate-limit.js'
import { hostOf, type Sites } from '../sites/hosts.js'
import { StoreUnavailable } from '../store/store.js'
import { clickIdCookie, readCookies } from './cookies.js'
import type { Intake, IntakeResult } from './pipeline.js'

export interface RouteDeps {
  intake: Intake
  sites: Sites
  limiter: Limiter | undefined
  /** The site of an API key, or `undefined` for an unknown one. */
  siteOfKey: (key: string) => string | undefined
  clickDays: number
  clock: () => number
}

const deadlineMs = 10_000
const limitBytes: Record<Source, number> = { browser: 64 * 1_024, server: 1_024 * 1_024 }

type Headers = Record<string, string>

/** Adds `POST /e` for browsers and `POST /v1/events` for servers. */
export function addCollectRoutes(app: Express, deps: RouteDeps): void {
  const trusts: (address: string, hop: number) => boolean = app.get('trust proxy fn')
  app.options('/e', (request, response) => {
    response
      .writeHead(204, {
        ...originHeaders(request, deps.sites),
        'Access-Control-Allow-Methods': 'POST',
        'Access-Control-Allow-Headers': 'content-type',
        'Access-Control-Max-Age': '86400',
      })
      .end()
  })
  app.post('/e', async (request, response) => {
    const headers = originHeaders(request, deps.sites)
    const now = deps.clock()
    const ip = cleanAddress(request.ip)
    const wait = deps.limiter?.take(ip ?? '', now) ?? 0
    if (wait > 0) {
      headers['Retry-After'] = String(wait)
      return refuse(response, headers, 429, 'too many requests from this address')
    }
    await collect(request, response, deps, headers, {
      source: 'browser',
      receivedAt: now,
      ip,
      userAgent: request.headers['user-agent'],
      originHost: hostOf(request.headers.origin ?? request.headers.referer),
      referer: request.headers.referer,
      gpc: isGpc(request.headers['sec-gpc']),
      headers: request.headers,
      fromTrustedProxy: trusts(request.socket.remoteAddress ?? '', 0),
      cookies: readCookies(request.headers.cookie),
    })
  })
  app.post('/v1/events', async (request, response) => {
    const key = /^Bearer\s+(\S+)\s*$/i.exec(request.headers.authorization ?? '')?.[1]
    const keySite = key === undefined ? undefined : deps.siteOfKey(key)
    if (keySite === undefined) {
      const headers = { 'WWW-Authenticate': 'Bearer' }
      return refuse(response, headers, 401, 'send the API key of the site as "Authorization: Bearer KEY"')
    }
    await collect(
      request,
      response,
      deps,
      {},
      {
        source: 'server',
        receivedAt: deps.clock(),
        keySite,
        gpc: false,
        cookies: { optOut: false },
      },
    )
  })
}

async function collect(
  request: Request,
  response: Response,
  deps: RouteDeps,
  headers: Headers,
  context: RequestContext,
): Promise<void> {
  const body = await readBody(request, limitBytes[context.source], deadlineMs)
  if (!body.ok) {
    // The rest of the body is not worth reading.
    if (body.refusal.status !== 400) response.shouldKeepAlive = false
    return refuse(response, headers, body.refusal.status, body.refusal.error)
  }
  let result: IntakeResult
  try {
    result = await deps.intake(body.value, body.hasEscapes, context)
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error
    result = { status: 503 }
  }
  switch (result.status) {
    case 202: {
      if (result.click && context.source === 'browser') {
        const cookie = clickIdCookie(result.click, context, request.headers.host, deps.clickDays)
        if (cookie) headers['Set-Cookie'] = cookie
      }
      return answer(response, headers, 202, result.answer)
    }
    case 400: {
      const error = 'the request is not valid; nothing was stored'
      return answer(response, headers, 400, { error, problems: result.problems })
    }
    case 403:
      return refuse(response, headers, 403, 'this API key belongs to another site')
    case 503:
      headers['Retry-After'] = '5'
      return refuse(response, headers, 503, 'the events could not be stored; send them again')
  }
}

/** Written directly: `response.json` would compute an ETag and settings for each of thousands of answers a second. */
function answer(response: Response, headers: Headers, status: number, body: object): void {
  const text = JSON.stringify(body)
  headers['Content-Type'] = 'application/json; charset=utf-8'
  headers['Content-Length'] = String(Buffer.byteLength(text))
  headers['X-Content-Type-Options'] = 'nosniff'
  headers['Cache-Control'] = 'no-store'
  response.writeHead(status, headers).end(text)
}

function refuse(response: Response, headers: Headers, status: number, error: string): void {
  answer(response, headers, status, {
    error,
    ...(status === 400 && { problems: [{ path: '', problem: error }] }),
  })
}

/** One origin, never `*`: the click-id cookie needs credentials. Whether it may post for a site, enrich decides. */
function originHeaders(request: Request, sites: Sites): Headers {
  const { origin } = request.headers
  if (origin === undefined) return { Vary: 'Origin' }
  const host = hostOf(origin)
  if (host && sites.allowsAny(host)) {
    return {
      Vary: 'Origin',
      'Access-Control-Allow-Origin': origin,
      'Access-Control-Allow-Credentials': 'true',
      'Access-Control-Expose-Headers': 'Retry-After',
    }
  }
  if (host !== null) return { Vary: 'Origin' }
  // A sandboxed frame may read its answer; the script asks with credentials everywhere, although such a frame has none.
  return {
    Vary: 'Origin',
    'Access-Control-Allow-Origin': 'null',
    'Access-Control-Allow-Credentials': 'true',
  }
}

/** Exactly `1`; several copies count as one. */
function isGpc(header: string | string[] | undefined): boolean {
  if (header === undefined) return false
  return String(header)
    .split(',')
    .every((copy) => copy.trim() === '1')
}
