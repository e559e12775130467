// Serves HTML pages of a test on the site's host, with the collector under `/t/`.
import { createServer } from 'node:http'
import express from 'express'
import { createProxy } from '../../examples/shop/proxy.js'
import { close, listen } from './port.js'

interface Page {
  html: string
  headers?: Record<string, string>
}

export interface PageServer {
  /** `http://www.example.localhost:PORT`. */
  origin: string
  /** Serves a page under a path from now on. */
  serve(path: string, page: Page): void
  stop(): Promise<void>
}

/** @param visitor address that the collector sees for all visitors */
export async function servePages(collectorOrigin: string, visitor: string): Promise<PageServer> {
  const proxy = createProxy(collectorOrigin, () => ({ 'x-forwarded-for': visitor }))
  const pages = new Map<string, Page>()
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
  const port = await listen(server)
  return {
    origin: `http://www.example.localhost:${port}`,
    serve: (path, page) => void pages.set(path, page),
    async stop() {
      proxy.close()
      await close(server)
    },
  }
}
