/** A listener while it is open: how a port is taken, and how it is given back without cutting anybody off. */
import type { AddressInfo } from 'node:net'
import type { Express } from 'express'
import { createListener } from './server.js'

export interface Listener {
  /** Such as `http://127.0.0.1:8787`. */
  url: string
  /** Takes no more requests, and resolves when those in flight have ended. */
  close(): Promise<void>
}

export interface Address {
  host: string
  port: number
}

/** How long requests may take to end. */
const drainMs = 4_000

/** Rejects with a sentence for the owner when the port cannot be had. @param settings which of them name the port */
export async function serve(app: Express, { host, port }: Address, settings: string): Promise<Listener> {
  const server = createListener(app)
  let closing = false
  // A client that keeps its connection open would keep the server from closing.
  server.prependListener('request', (_request, response) => {
    if (closing) response.shouldKeepAlive = false
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', ({ code, message }: NodeJS.ErrnoException) => {
      const inUse = `Port ${port} of ${host} is in use: end the program that has it, or set ${settings}.`
      reject(new Error(code === 'EADDRINUSE' ? inUse : `Cannot listen on ${host}:${port}: ${message}`))
    })
    server.listen(port, host, resolve)
  })
  const { port: taken } = server.address() as AddressInfo
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    async close() {
      closing = true
      const closed = new Promise((resolve) => server.close(resolve))
      const timer = setTimeout(() => server.closeAllConnections(), drainMs)
      await closed
      clearTimeout(timer)
    },
  }
}
