/** Proxies `/t/…` to the collector, as nginx or Caddy of a site owner would. */
import { Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request as send } from 'node:http'
import { pipeline } from 'node:stream'
import type { RequestHandler } from 'express'

/** Headers of a single connection, which a proxy must not forward (RFC 9110, section 7.6.1). */
const HOP_BY_HOP = new Set(
  'connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer transfer-encoding upgrade'.split(
    ' ',
  ),
)

const endToEnd = (headers: IncomingHttpHeaders): OutgoingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name)))

/** About the default limit of nginx (client_max_body_size 1m). */
const MAX_BODY_BYTES = 1_000_000

export interface Proxy {
  handler: RequestHandler
  /** Answers the next posts of events with these statuses instead of forwarding them. */
  failNext(...statuses: number[]): void
  /** Closes the connections to the collector. */
  close(): void
}

/**
 * Forwards Host, cookies and body unchanged, and returns `Set-Cookie`. Replaces the visitor's X-Forwarded-For by
 * `visitorHeaders(Cookie header)`.
 */
export const createProxy = (
  collectorOrigin: string,
  visitorHeaders: (cookies: string | undefined) => Record<string, string>,
): Proxy => {
  const failures: number[] = []
  const agent = new Agent({ keepAlive: true })
  const { hostname, port } = new URL(collectorOrigin)
  return {
    failNext: (...statuses) => void failures.push(...statuses),
    handler: (request, response) => {
      const failure = request.method === 'POST' && request.path === '/e' ? failures.shift() : undefined
      if (Number(request.headers['content-length']) > MAX_BODY_BYTES)
        return void response.status(413).type('text/plain').end('The body is too large.')
      if (failure) return void response.status(failure).set('Retry-After', '1').end()
      const headers = {
        ...endToEnd(request.headers),
        ...visitorHeaders(request.headers.cookie),
        'x-forwarded-proto': 'http',
      }
      const { method, url: path } = request
      const forwarded = send({ agent, hostname, port, method, path, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, endToEnd(answer.headers))
        pipeline(answer, response, () => {})
      })
      forwarded.on('error', () => {
        if (response.headersSent) response.destroy()
        else response.status(502).type('text/plain').end('The collector does not answer.')
      })
      response.once('close', () => forwarded.destroy())
      request.pipe(forwarded)
    },
    close: () => agent.destroy(),
  }
}
