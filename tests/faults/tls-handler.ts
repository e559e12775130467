// Handles connections of a scripted proxy as TLS: presents a certificate and passes on the decrypted bytes.
import { createServer, type TlsOptions } from 'node:tls'
import type { ConnectionHandler } from '../support/scripted-proxy.js'
import type { KeyPair } from './certificates.js'

export function tlsHandler(pair: KeyPair, options: TlsOptions = {}): ConnectionHandler {
  const server = createServer({ ...pair, ...options })
  return (socket, pass) => {
    server.once('secureConnection', pass)
    server.emit('connection', socket)
  }
}
