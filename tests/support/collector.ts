// Starts the built collector for a test, on a free port and in a data folder of its own.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Program, startProgram } from './program.js'
import { temporaryDir } from './temporary.js'

/** Path of the built command. */
export const builtCollector = fileURLToPath(new URL('../../collector/dist/main.js', import.meta.url))

export interface Collector extends Program {
  /** Pass it to the next `startCollector` to start again on the same data. */
  dataDir: string
}

export interface CollectorOptions {
  /** TAGFERRY_ settings. */
  env?: Record<string, string | undefined>
  dataDir?: string
  /** File to run instead of the build in the repository. */
  main?: string
}

export async function startCollector({
  env = {},
  dataDir = temporaryDir(),
  main = builtCollector,
}: CollectorOptions = {}): Promise<Collector> {
  if (!existsSync(main)) throw new Error(`There is no ${main}: run \`npm run build\` first.`)
  const settings = { TAGFERRY_HOST: '127.0.0.1', TAGFERRY_PORT: '0', TAGFERRY_DATA_DIR: dataDir, ...env }
  // In the data folder, so that no tagferry.config.json or .env of a developer is read.
  const program = await startProgram({ argv: [main], env: settings, cwd: dataDir })
  return { ...program, dataDir }
}
