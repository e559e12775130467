/** Opens listeners and closes them without cutting off requests in flight. */
import type { AddressInfo } from 'node:net'
import type { Express } from 'express'
import { createListener } from './server.js'

export interface Listener {
  /** Such as `http://127.0.0.1:8787`. */
  url: string
  /** Accepts no more requests; resolves when those in flight have ended. */
  close(): Promise<void>
}

export interface Address {
  host: string
  port: number
}

/** Requests that run longer are cut off when the listener closes. */
const drainMs = 4_000

/**
 * Serves an app at an address. Rejects with a sentence for the owner when the port is not available.
 * @param setting names the setting of the port, for that sentence
 */
export async function listen(app: Express, { host, port }: Address, setting: string): Promise<Listener> {
  const server = createListener(app)
  let closing = false
  // A kept-alive connection would keep the server open.
  server.prependListener('request', (_request, response) => {
    if (closing) response.shouldKeepAlive = false
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', ({ code, message }: NodeJS.ErrnoException) => {
      const inUse = `Port ${port} of ${host} is in use: end the program that has it, or set ${setting}.`
      reject(new Error(code === 'EADDRINUSE' ? inUse : `Cannot listen on ${host}:${port}: ${message}`))
    })
    server.listen(port, host, resolve)
  })
  const { port: boundPort } = server.address() as AddressInfo
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${boundPort}`,
    async close() {
      closing = true
      const closed = new Promise((resolve) => server.close(resolve))
      const timer = setTimeout(() => server.closeAllConnections(), drainMs)
      await closed
      clearTimeout(timer)
    },
  }
}
