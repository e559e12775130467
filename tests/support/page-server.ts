// Knows how pages of a test's own are served on the site's host, the collector under `/t/` beside them.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { createProxy } from '../../examples/shop/proxy.js'

export interface PageServer {
  /** `http://www.example.localhost:PORT`. */
  origin: string
  /** What is served under a path, from now on. */
  serve(path: string, page: { html: string; headers?: Record<string, string> }): void
  stop(): Promise<void>
}

/** @param visitor address from which all visitors seem to come */
export async function servePages(collectorOrigin: string, visitor: string): Promise<PageServer> {
  const proxy = createProxy(collectorOrigin, () => ({ 'x-forwarded-for': visitor }))
  const pages = new Map<string, { html: string; headers?: Record<string, string> }>()
  const app = express()
  app.use('/t', proxy.handler)
  app.use((request, response) => {
    const page = pages.get(request.path)
    response
      .status(page ? 200 : 404)
      .set('Cache-Control', 'no-store')
      .set(page?.headers ?? {})
      .type('html')
      .send(page?.html ?? '<!doctype html><title>Nothing here</title>')
  })
  const server = createServer(app)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://www.example.localhost:${(server.address() as AddressInfo).port}`,
    serve: (path, page) => void pages.set(path, page),
    stop() {
      proxy.close()
      return new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
    },
  }
}
