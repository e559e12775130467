/** The commands beside `start`: each reads the same settings, does one thing, and says what it did. */
import type { Command } from 'commander'
import type { CliDeps } from './commands/command.js'
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
