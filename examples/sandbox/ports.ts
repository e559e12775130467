/** Knows how to come by a port: the wanted one, or a free one when somebody has it. */
import { type AddressInfo, createServer } from 'node:net'

const portOf = (wanted: number): Promise<number> =>
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

/** For the port that somebody has asked for: throws one sentence when it is taken. */
export const insistOnPort = async (wanted: number, who: string): Promise<void> => {
  await portOf(wanted).catch((error: unknown) => {
    if (!isTaken(error)) throw error
    throw new Error(
      `Port ${wanted} is taken, so ${who} cannot have it: end what has it, or give another --port.`,
    )
  })
}

/** Gives a free port; `say` gets one sentence when it is not the wanted one. */
export const choosePort = async (
  wanted: number,
  who: string,
  say: (sentence: string) => void,
): Promise<number> => {
  try {
    return await portOf(wanted)
  } catch (error) {
    if (!isTaken(error)) throw error
    const port = await portOf(0)
    say(`Port ${wanted} is taken, so ${who} uses ${port}.`)
    return port
  }
}
