/** Receives events over HTTP: checks key and request limit, reads the body, and answers with the intake's result. */
import type { Express, Request, Response } from 'express'
import type { ClickIdTable } from '../click-ids.js'
import type { RequestContext, Source } from '../event.js'
import { readBody } from '../http/body.js'
import { cleanAddress } from '../http/client-ip.js'
import type { Limiter } from '../http/rate-limit.js'
import { hostOf, type Sites } from '../sites/hosts.js'
import type { InputRoute } from '../store/input-problems.js'
import { browserContext, serverContext } from './context.js'
import { clickIdCookie, type FoundClickId } from './cookies.js'
import type { Findings, RefusalRule } from './findings.js'
import type { Intake } from './pipeline.js'
import type { Problem } from './problem.js'

export interface RouteDeps {
  intake: Intake
  sites: Sites
  /** Click ids that are read; those of the vendors by default. */
  clickIds?: ClickIdTable | undefined
  limiter: Limiter | undefined
  /** The domain of an API key; `undefined` for an unknown key. */
  siteOfKey: (key: string) => string | undefined
  /** Lifetime of the click-id cookie, in days. */
  clickDays: number
  findings: Pick<Findings, 'refused'>
  /** Unix milliseconds. */
  clock: () => number
}

const bodyDeadlineMs = 10_000
const maxBodyBytes: Readonly<Record<Source, number>> = { browser: 64 * 1_024, server: 1_024 * 1_024 }
const retryAfterSeconds = 5
/** Problems that an answer lists. */
const maxProblems = 100

type Headers = Record<string, string | string[]>

/** A request that is being answered. */
interface Exchange {
  route: InputRoute
  request: Request
  response: Response
  /** Headers of the answer. */
  headers: Headers
  deps: RouteDeps
  context?: RequestContext
  /** The parsed body. */
  body?: unknown
}

/** Adds `POST /e` for browsers and `POST /v1/events` for servers. */
export function addCollectRoutes(app: Express, deps: RouteDeps): void {
  const isTrustedProxy: (address: string, hop: number) => boolean = app.get('trust proxy fn')
  app.options('/e', (request, response) => {
    response.writeHead(204, { ...originHeaders(request, deps.sites), ...preflightHeaders }).end()
  })
  app.post('/e', async (request, response) => {
    const headers = originHeaders(request, deps.sites)
    const exchange: Exchange = { route: '/e', request, response, headers, deps }
    const now = deps.clock()
    const ip = cleanAddress(request.ip)
    const waitSeconds = deps.limiter?.take(ip ?? '', now) ?? 0
    if (waitSeconds > 0) {
      headers['Retry-After'] = String(waitSeconds)
      return refuse(exchange, 429, 'rate_limit', 'too many requests from this address')
    }
    const fromTrustedProxy = isTrustedProxy(request.socket.remoteAddress ?? '', 0)
    const context = browserContext(request.headers, { ip, receivedAt: now, fromTrustedProxy }, deps.clickIds)
    await collect(exchange, context)
  })
  app.post('/v1/events', async (request, response) => {
    const exchange: Exchange = { route: '/v1/events', request, response, headers: {}, deps }
    const key = /^Bearer\s+(\S+)\s*$/i.exec(request.headers.authorization ?? '')?.[1]
    const keySite = key === undefined ? undefined : deps.siteOfKey(key)
    if (keySite === undefined) {
      exchange.headers['WWW-Authenticate'] = 'Bearer'
      const error =
        key === undefined
          ? 'send the API key of the site as "Authorization: Bearer KEY"'
          : 'this API key is not known'
      return refuse(exchange, 401, 'no_key', error)
    }
    await collect(exchange, serverContext(keySite, deps.clock()))
  })
}

const preflightHeaders = {
  'Access-Control-Allow-Methods': 'POST',
  'Access-Control-Allow-Headers': 'content-type',
  'Access-Control-Max-Age': '86400',
}

async function collect(exchange: Exchange, context: RequestContext): Promise<void> {
  const { request, response, headers, deps } = exchange
  exchange.context = context
  const body = await readBody(request, maxBodyBytes[context.source], bodyDeadlineMs)
  if (!body.ok) {
    const { status, rule, error } = body.refusal
    // Closes the connection instead of reading the rest of the body.
    if (status !== 400) response.shouldKeepAlive = false
    return refuse(exchange, status, rule, error)
  }
  exchange.body = body.value
  const result = await deps.intake(body, context)
  switch (result.kind) {
    case 'stored':
      setClickIdCookies(headers, result.clickIds, context, request.headers.host, deps.clickDays)
      return answer(response, headers, 202, result.answer)
    case 'invalid':
      return refuseInvalid(exchange, result.problems)
    case 'wrong_site':
      return result.isKnown
        ? refuse(exchange, 403, 'wrong_site', 'this API key belongs to another site')
        : refuse(exchange, 403, 'unknown_site', `unknown site; this API key belongs to ${context.keySite}`)
    case 'unavailable':
      headers['Retry-After'] = String(retryAfterSeconds)
      return refuse(exchange, 503, 'unavailable', 'the events could not be stored; send them again')
    default:
      result satisfies never
  }
}

function setClickIdCookies(
  headers: Headers,
  clickIds: readonly FoundClickId[],
  context: RequestContext,
  host: string | undefined,
  days: number,
): void {
  if (context.source !== 'browser') return
  const cookies = clickIds.flatMap((clickId) => clickIdCookie(clickId, context, host, days) ?? [])
  if (cookies.length > 0) headers['Set-Cookie'] = cookies
}

/** Writes the answer directly: `response.json` computes an ETag and reads settings for each answer. */
function answer(response: Response, headers: Headers, status: number, body: object): void {
  const text = JSON.stringify(body)
  headers['Content-Type'] = 'application/json; charset=utf-8'
  headers['Content-Length'] = String(Buffer.byteLength(text))
  headers['X-Content-Type-Options'] = 'nosniff'
  headers['Cache-Control'] = 'no-store'
  response.writeHead(status, headers).end(text)
}

function refuse(exchange: Exchange, status: number, rule: RefusalRule, error: string): void {
  report(exchange, status, rule, '')
  const problems = [{ path: '', problem: error }]
  answer(exchange.response, exchange.headers, status, { error, ...(status === 400 && { problems }) })
}

function refuseInvalid(exchange: Exchange, problems: readonly Problem[]): void {
  report(exchange, 400, problems[0]?.rule ?? 'invalid_value', problems[0]?.path ?? '')
  answer(exchange.response, exchange.headers, 400, {
    error: 'the request is not valid; nothing was stored',
    problems: problems.slice(0, maxProblems).map(({ path, problem }) => ({ path, problem })),
    ...(problems.length > maxProblems && { problems_omitted: problems.length - maxProblems }),
  })
}

function report(exchange: Exchange, status: number, rule: RefusalRule, path: string): void {
  const { route, deps } = exchange
  deps.findings.refused({ site: siteOf(exchange), route, status, rule, path })
}

/** The known site that a refused request belongs to: by its key, else by its body, else by its page. */
function siteOf({ route, request, context, body, deps: { sites } }: Exchange): string | undefined {
  if (route === '/v1/events') return context?.keySite
  const { site } = (body ?? {}) as { site?: unknown }
  const named = typeof site === 'string' ? sites.resolve(site) : undefined
  const host = hostOf(request.headers.origin ?? request.headers.referer)
  return (named ?? (host ? sites.resolve(host) : undefined))?.domain
}

/**
 * Allows the page to read the answer. Names one origin instead of `*`, as the click-id cookie needs credentials.
 * Whether the page may send for a site is decided for each event.
 */
function originHeaders(request: Request, sites: Sites): Headers {
  const { origin } = request.headers
  const host = hostOf(origin)
  // A sandboxed frame has the origin `null`. The snippet asks with credentials there as well.
  const isAllowed = host === null || (host !== undefined && sites.allowsAny(host))
  if (origin === undefined || !isAllowed) return { Vary: 'Origin' }
  return {
    Vary: 'Origin',
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Allow-Credentials': 'true',
    ...(host !== null && { 'Access-Control-Expose-Headers': 'Retry-After' }),
  }
}
