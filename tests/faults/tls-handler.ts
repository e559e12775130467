// Knows how a gate speaks TLS: it shows a certificate and passes on what it reads.
import { createServer, type TlsOptions } from 'node:tls'
import type { Pair } from './certificates.js'
import type { Way } from './scripted-proxy.js'

export function secure(pair: Pair, options: TlsOptions = {}): Way {
  const server = createServer({ ...pair, ...options })
  return (socket, pass) => {
    server.once('secureConnection', pass)
    server.emit('connection', socket)
  }
}
