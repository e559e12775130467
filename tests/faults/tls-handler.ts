// Knows how a gate speaks TLS: it shows a certificate and passes on what it reads.
import { createServer, type TlsOptions } from 'node:tls'
import type { KeyPair } from './certificates.js'
import type { ConnectionHandler } from './scripted-proxy.js'

export function tlsHandler(pair: KeyPair, options: TlsOptions = {}): ConnectionHandler {
  const server = createServer({ ...pair, ...options })
  return (socket, pass) => {
    server.once('secureConnection', pass)
    server.emit('connection', socket)
  }
}
