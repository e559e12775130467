// Knows how the built collector is started for a test: on a port the system gives, in a directory of its own.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Program, startProgram } from './program.js'
import { temporaryDir } from './temporary.js'

const main = fileURLToPath(new URL('../../collector/dist/main.js', import.meta.url))

export interface Collector extends Program {
  /** Give it to the next `startCollector` to start again on the same data. */
  dataDir: string
}

/** Starts `collector/dist/main.js`; `env` holds its TAGFERRY_ settings. */
export async function startCollector({
  env = {},
  dataDir = temporaryDir(),
}: {
  env?: Record<string, string | undefined>
  dataDir?: string
} = {}): Promise<Collector> {
  if (!existsSync(main)) throw new Error('There is no collector/dist/main.js: run `npm run build` first.')
  const settings = { TAGFERRY_HOST: '127.0.0.1', TAGFERRY_PORT: '0', TAGFERRY_DATA_DIR: dataDir, ...env }
  // In the data directory, so that no tagferry.config.json or .env of a developer is read.
  const program = await startProgram({ argv: [main], env: settings, cwd: dataDir })
  return { ...program, dataDir }
}
