// Knows how a browser without a headless mode gets a screen: a virtual one, with a number that is free.
import { once } from 'node:events'
import { type ExternalProgram, findProgram, startExternal } from './external-program.js'

export interface Display {
  /** Value of DISPLAY, such as `:0`. */
  name: string
  stop: ExternalProgram['stop']
}

export async function startDisplay(): Promise<Display> {
  const path = findProgram({
    name: 'the virtual screen Xvfb',
    variable: 'TAGFERRY_XVFB',
    files: ['Xvfb'],
    debian: 'xvfb',
  })
  // `-displayfd 1`: it chooses the number and prints it once it takes connections.
  const args = ['-displayfd', '1', '-screen', '0', '1280x800x24', '-nolisten', 'tcp']
  const { child, log, stop } = startExternal(path, args)
  const number = () => /^(\d+)\n/m.exec(log())?.[1]
  while (!number() && child.exitCode === null && child.stdout)
    await Promise.race([once(child.stdout, 'data'), once(child, 'close')])
  if (!number()) throw new Error(`Xvfb gave no screen. It printed:\n${log()}`)
  return { name: `:${number()}`, stop }
}
