// Knows the way between the collector and TikTok: each connection passes, breaks or is held, as told.
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/** What becomes of a connection. @param pass joins what speaks plain HTTP with TikTok; gives TikTok's end */
export type ConnectionHandler = (socket: Socket, pass: (from: Duplex) => Socket) => void

export interface ScriptedProxy {
  port: number
  /** May be replaced at any time; those there are go on until `cut`. */
  handler: ConnectionHandler
  /** Where TikTok is, once that is known. */
  target: string
  /** How many connections came. */
  connections: number
  /** Breaks all there are. */
  cut(): void
  close(): Promise<void>
}

export const passThrough: ConnectionHandler = (socket, pass) => {
  pass(socket)
}

export async function startScriptedProxy(): Promise<ScriptedProxy> {
  const open = new Set<Socket>()
  const keep = (socket: Socket) => {
    open.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => open.delete(socket))
  }
  const pass = (from: Duplex): Socket => {
    const to = connect(Number(new URL(proxy.target).port), '127.0.0.1')
    keep(to)
    to.pipe(from).pipe(to)
    from.once('close', () => to.destroy())
    to.once('close', () => from.destroy())
    return to
  }
  const server = createServer((socket) => {
    keep(socket)
    proxy.connections++
    proxy.handler(socket, pass)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const proxy: ScriptedProxy = {
    port: (server.address() as AddressInfo).port,
    handler: passThrough,
    target: '',
    connections: 0,
    cut() {
      for (const socket of open) socket.destroy()
    },
    close() {
      proxy.cut()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
  return proxy
}
