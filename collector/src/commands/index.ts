/** The commands beside `start`: each reads the same settings, does one thing, and says what it did. */
import type { Command } from 'commander'
import type { CliDeps } from './command.js'
import { addDoctor } from './doctor.js'
import { addErase } from './erase.js'
import { addHealthcheck } from './healthcheck.js'
import { addKeys } from './keys.js'
import { addMigrateStore } from './migrate-store.js'
import { addInvite, addPassword } from './password.js'
import { addPurge } from './purge.js'
import { addReplay } from './replay.js'
import { addSend } from './send.js'
import { addTail } from './tail.js'
import { addVersion } from './version.js'

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
