// Knows the way between the collector and TikTok: each connection passes, breaks or is held, as told.
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/** What becomes of a connection. @param pass joins what speaks plain HTTP with TikTok; gives TikTok's end */
export type Way = (socket: Socket, pass: (from: Duplex) => Socket) => void

export interface Gate {
  port: number
  /** May be replaced at any time; those there are go on until `cut`. */
  way: Way
  /** Where TikTok is, once that is known. */
  target: string
  /** How many connections came. */
  connections: number
  /** Breaks all there are. */
  cut(): void
  close(): Promise<void>
}

export const through: Way = (socket, pass) => {
  pass(socket)
}

export async function startGate(): Promise<Gate> {
  const open = new Set<Socket>()
  const keep = (socket: Socket) => {
    open.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => open.delete(socket))
  }
  const pass = (from: Duplex): Socket => {
    const to = connect(Number(new URL(gate.target).port), '127.0.0.1')
    keep(to)
    to.pipe(from).pipe(to)
    from.once('close', () => to.destroy())
    to.once('close', () => from.destroy())
    return to
  }
  const server = createServer((socket) => {
    keep(socket)
    gate.connections++
    gate.way(socket, pass)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const gate: Gate = {
    port: (server.address() as AddressInfo).port,
    way: through,
    target: '',
    connections: 0,
    cut() {
      for (const socket of open) socket.destroy()
    },
    close() {
      gate.cut()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
  return gate
}
