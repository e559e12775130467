/** The commands beside `start`: each reads the same settings, does one thing, and says what it did. */
import type { Command } from 'commander'
import type { CollectorDeps } from './collector.js'
import { addDoctor } from './commands/doctor.js'
import { addErase } from './commands/erase.js'
import { addHealthcheck } from './commands/healthcheck.js'
import { addKeys } from './commands/keys.js'
import { addMigrateStore } from './commands/migrate-store.js'
import { addInvite, addPassword } from './commands/password.js'
import { addPurge } from './commands/purge.js'
import { addReplay } from './commands/replay.js'
import { addSend } from './commands/send.js'
import { addTail } from './commands/tail.js'
import { addVersion } from './commands/version.js'
import type { Config } from './config.js'

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

const commands = [
  addDoctor,
  addSend,
  addTail,
  addReplay,
  addHealthcheck,
  addKeys,
  addInvite,
  addPassword,
  addErase,
  addPurge,
  addMigrateStore,
  addVersion,
]

export function addCommands(program: Command, given: CliDeps): void {
  for (const add of commands) add(program, given)
}
