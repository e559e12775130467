// Passes the connections of a scripted proxy at a rate, as a slow line to TikTok does.
import { Duplex, Transform } from 'node:stream'
import type { ConnectionHandler } from '../support/scripted-proxy.js'

/** @param bytesPerSecond from the client, for all connections together; answers pass at once */
export function slowly(bytesPerSecond: number): ConnectionHandler {
  /** When the line has carried all bytes so far. */
  let freeAt = 0
  return (socket, pass) => {
    const line = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        freeAt = Math.max(freeAt, performance.now()) + (chunk.length / bytesPerSecond) * 1_000
        setTimeout(() => done(null, chunk), freeAt - performance.now())
      },
    })
    line.on('error', () => {})
    const duplex = Duplex.from({ readable: socket.pipe(line), writable: socket })
    duplex.on('error', () => {})
    socket.once('close', () => duplex.destroy())
    pass(duplex)
  }
}
