// A TCP proxy whose connections pass, break or hang, as a test scripts them.
import { connect, createServer, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { listen } from './port.js'

/** Handles a new connection. @param pass pipes a stream to the target and back; gives the connection to the target */
export type ConnectionHandler = (socket: Socket, pass: (from: Duplex) => Socket) => void

export interface ScriptedProxy {
  port: number
  /** Handles new connections. It may be replaced at any time; existing connections are not affected. */
  handler: ConnectionHandler
  /** Origin of a server on 127.0.0.1. Set it before the first connection. */
  target: string
  /** Number of connections so far. */
  connections: number
  /** Breaks all existing connections. */
  cut(): void
  close(): Promise<void>
}

export const passThrough: ConnectionHandler = (socket, pass) => {
  pass(socket)
}

export async function startScriptedProxy(): Promise<ScriptedProxy> {
  const open = new Set<Socket>()
  const track = (socket: Socket) => {
    open.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => open.delete(socket))
  }
  const pass = (from: Duplex): Socket => {
    const to = connect(Number(new URL(proxy.target).port), '127.0.0.1')
    track(to)
    to.pipe(from).pipe(to)
    from.once('close', () => to.destroy())
    to.once('close', () => from.destroy())
    return to
  }
  const server = createServer((socket) => {
    track(socket)
    proxy.connections++
    proxy.handler(socket, pass)
  })
  const port = await listen(server)
  const proxy: ScriptedProxy = {
    port,
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
