/** Knows how the shop's server passes `/t/…` on to the collector, as a site owner's nginx or Caddy would. */
import { Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request as send } from 'node:http'
import { pipeline } from 'node:stream'
import type { RequestHandler } from 'express'

/** RFC 9110, section 7.6.1: these concern one connection only. */
const HOP_BY_HOP = new Set(
  'connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer transfer-encoding upgrade'.split(
    ' ',
  ),
)

const endToEnd = (headers: IncomingHttpHeaders): OutgoingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name)))

/** What nginx refuses by itself, unless told otherwise. */
const LARGEST_BODY = 1_000_000

export interface Proxy {
  handler: RequestHandler
  /** The next events posted get these statuses, without reaching the collector. */
  refuse(...statuses: number[]): void
  /** Lets go of kept connections. */
  close(): void
}

/**
 * Host, cookies and body pass unchanged, `Set-Cookie` comes back; what a visitor claims in X-Forwarded-For is
 * replaced by `visitorHeaders(Cookie header)`.
 */
export const createProxy = (
  collectorOrigin: string,
  visitorHeaders: (cookies: string | undefined) => Record<string, string>,
): Proxy => {
  const refusals: number[] = []
  const agent = new Agent({ keepAlive: true })
  const { hostname, port } = new URL(collectorOrigin)
  return {
    refuse: (...statuses) => void refusals.push(...statuses),
    handler: (request, response) => {
      const refusal = request.method === 'POST' && request.path === '/e' ? refusals.shift() : undefined
      if (Number(request.headers['content-length']) > LARGEST_BODY)
        return void response.status(413).type('text/plain').end('The body is too large.')
      if (refusal) return void response.status(refusal).set('Retry-After', '1').end()
      const headers = {
        ...endToEnd(request.headers),
        ...visitorHeaders(request.headers.cookie),
        'x-forwarded-proto': 'http',
      }
      const { method, url: path } = request
      const onward = send({ agent, hostname, port, method, path, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, endToEnd(answer.headers))
        pipeline(answer, response, () => {})
      })
      onward.on('error', () => {
        if (response.headersSent) response.destroy()
        else response.status(502).type('text/plain').end('The collector does not answer.')
      })
      response.once('close', () => onward.destroy())
      request.pipe(onward)
    },
    close: () => agent.destroy(),
  }
}
