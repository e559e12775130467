// Listens on free ports of the system, and finds out whether anything listens on a port.
import type { Server as HttpServer } from 'node:http'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'

/** Lets a server listen on a free port, and gives the port. */
export async function listen(server: Server, host = '127.0.0.1'): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, host, resolve)
  })
  return (server.address() as AddressInfo).port
}

/** Closes an HTTP server and all of its connections. */
export function close(server: HttpServer): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

/**
 * A port on which nothing listens, for programs that cannot listen on port 0 or must keep their port over a restart.
 * Prefer `listen`: another program may take this port before it is used.
 */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  const server = createServer()
  const port = await listen(server, host)
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Whether anything listens on a port of 127.0.0.1. */
export const acceptsConnections = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('error', () => resolve(false))
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
  })
