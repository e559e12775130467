/** Chooses ports: the wanted one, or a free one when the wanted one is taken. */
import { type AddressInfo, createServer } from 'node:net'

/** Resolves with the port if it is free; 0 finds a free port. */
const probePort = (wanted: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(wanted, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => resolve(port))
    })
  })

const isTaken = (error: unknown): boolean =>
  ['EADDRINUSE', 'EACCES'].includes((error as { code?: string } | null)?.code ?? '')

/** Throws one sentence when a port that the user asked for is taken. */
export const requirePort = async (wanted: number, user: string): Promise<void> => {
  await probePort(wanted).catch((error: unknown) => {
    if (!isTaken(error)) throw error
    throw new Error(
      `Port ${wanted} is taken, so ${user} cannot have it: end what has it, or give another --port.`,
    )
  })
}

/** Returns a free port, and logs one sentence when it is not the wanted one. */
export const choosePort = async (
  wanted: number,
  user: string,
  log: (sentence: string) => void,
): Promise<number> => {
  try {
    return await probePort(wanted)
  } catch (error) {
    if (!isTaken(error)) throw error
    const port = await probePort(0)
    log(`Port ${wanted} is taken, so ${user} uses ${port}.`)
    return port
  }
}
