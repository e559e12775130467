/** What a command is given: the settings, the parts of the house, and ways to say what it did. */
import type { CollectorDeps } from '../collector.js'
import type { Config } from '../config/config.js'

export interface CliDeps {
  /** The configuration, or nothing where it is wrong and that has been said. */
  config: () => Config | undefined
  deps: Pick<CollectorDeps, 'kinds' | 'version' | 'places' | 'clock' | 'log'>
  /** TAGFERRY_KEY: an API key that need not be typed. */
  apiKey: string | undefined
  /** Aborted when the owner has seen enough. */
  stopped: () => AbortSignal
  say: (line: string) => void
  /** The answer is no: told, and the exit code is 1. */
  refuse: (sentence: string) => void
  /** The command cannot be understood: told, and the process ends with 2. */
  fail: (sentence: string) => void
}
