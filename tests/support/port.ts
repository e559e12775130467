// Knows how to get a port nobody listens on: the system chooses.
import { createServer } from 'node:net'

/**
 * For what cannot listen on port 0 itself, or must keep its port over a restart. Prefer port 0: between
 * this answer and the use somebody else may take the port.
 */
export function freePort(host = '127.0.0.1'): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, host, () => {
      const address = server.address()
      server.close(() =>
        typeof address === 'object' && address
          ? resolve(address.port)
          : reject(new Error('the system gave no port')),
      )
    })
  })
}
