// A TCP proxy that can change its target, or go silent: then nothing passes and nothing is closed.
import { connect, createServer, type Socket } from 'node:net'
import { listen } from '../support/port.js'

export interface TcpProxy {
  /** `127.0.0.1:PORT`. */
  host: string
  /** Sends new connections to another port, and breaks the existing ones. */
  pointTo(port: number): void
  /** Drops all bytes of existing and new connections. */
  goSilent(): void
  /** Passes new connections again. Silent ones stay silent. */
  recover(): void
  /** Silent connections that the client has not closed. */
  silentConnections(): number
  close(): Promise<void>
}

interface Connection {
  client: Socket
  /** Undefined for a connection that began in silence. */
  server: Socket | undefined
}

export async function startTcpProxy(port: number): Promise<TcpProxy> {
  let target = port
  let isSilent = false
  const connections = new Set<Connection>()
  const silence = ({ client, server }: Connection) => {
    client.unpipe()
    server?.unpipe()
    client.resume()
    server?.resume()
  }
  const listener = createServer({ allowHalfOpen: true }, (client) => {
    const server = isSilent ? undefined : connect(target, '127.0.0.1')
    const connection = { client, server }
    connections.add(connection)
    const end = () => {
      connections.delete(connection)
      client.destroy()
      server?.destroy()
    }
    // The end of the client ends the connection, but a silent proxy does not answer it.
    client.on('error', end).on('close', end).on('end', end)
    if (!server) return void client.resume()
    // While silent, the client does not learn of the server's end.
    server.on('error', () => isSilent || end()).on('close', () => isSilent || end())
    client.pipe(server)
    server.pipe(client, { end: false })
  })
  const listeningPort = await listen(listener)
  const cut = () => {
    for (const { client } of connections) client.destroy()
  }
  let silenced = new Set<Connection>()
  return {
    host: `127.0.0.1:${listeningPort}`,
    pointTo(next) {
      target = next
      cut()
    },
    goSilent() {
      isSilent = true
      silenced = new Set(connections)
      for (const connection of connections) silence(connection)
    },
    recover() {
      isSilent = false
    },
    silentConnections: () => [...connections].filter((connection) => silenced.has(connection)).length,
    close() {
      cut()
      return new Promise((resolve) => listener.close(() => resolve()))
    },
  }
}
