// Starts a virtual screen for browsers that have no headless mode.
import { type ExternalProgram, findProgram, startExternal } from './external-program.js'
import { waitFor } from './wait.js'

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
  // With `-displayfd 1` Xvfb chooses a free number, and prints it once it accepts connections.
  const args = ['-displayfd', '1', '-screen', '0', '1280x800x24', '-nolisten', 'tcp']
  const { child, log, stop } = startExternal(path, args)
  const number = () => /^(\d+)\n/m.exec(log())?.[1]
  await waitFor('the number of the screen', () => number() !== undefined || child.exitCode !== null)
  if (!number()) throw new Error(`Xvfb gave no screen. It printed:\n${log()}`)
  return { name: `:${number()}`, stop }
}
