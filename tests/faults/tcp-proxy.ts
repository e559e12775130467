// Knows a wire to a TCP server that can be pointed elsewhere, or go dead without a word: nothing passes, nothing is closed.
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface TcpProxy {
  /** `127.0.0.1:PORT`. */
  host: string
  /** New connections go to this port from now on; those there are, are cut. */
  pointTo(port: number): void
  /** Swallows all bytes of those connections there are, and of new ones. */
  goSilent(): void
  /** New connections work again; those that went dead stay so. */
  recover(): void
  /** Connections that went dead and that the near end has not given up. */
  silentConnections(): number
  close(): Promise<void>
}

interface Pair {
  near: Socket
  far: Socket | undefined
}

export async function startTcpProxy(port: number): Promise<TcpProxy> {
  let to = port
  let silent = false
  const pairs = new Set<Pair>()
  const silence = (near: Socket, far: Socket | undefined) => {
    near.unpipe()
    far?.unpipe()
    near.resume()
    far?.resume()
  }
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = silent ? undefined : connect(to, '127.0.0.1')
    const pair = { near, far }
    pairs.add(pair)
    const end = () => {
      pairs.delete(pair)
      near.destroy()
      far?.destroy()
    }
    // A goodbye is not answered by a dead end, but it is one.
    near.on('error', end).on('close', end).on('end', end)
    if (!far) return void near.resume()
    // While silent, the far end's goodbye is not heard either.
    far.on('error', () => silent || end()).on('close', () => silent || end())
    near.pipe(far)
    far.pipe(near, { end: false })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cut = () => {
    for (const { near } of pairs) near.destroy()
  }
  let gone = new Set<Pair>()
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    pointTo(next) {
      to = next
      cut()
    },
    goSilent() {
      silent = true
      gone = new Set(pairs)
      for (const { near, far } of pairs) silence(near, far)
    },
    recover() {
      silent = false
    },
    silentConnections: () => [...pairs].filter((pair) => gone.has(pair)).length,
    close: () => {
      cut()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
