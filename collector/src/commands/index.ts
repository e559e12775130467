/** Registers the commands beside `start`. */
import type { Command } from 'commander'
import type { CommandDeps } from './command.js'
import { addDoctor } from './doctor.js'
import { addErase } from './erase.js'
import { addHealthcheck } from './healthcheck.js'
import { addInvite } from './invite.js'
import { addKeys } from './keys/index.js'
import { addMigrateStore } from './migrate-store.js'
import { addPasswordReset } from './password-reset.js'
import { addPurge } from './purge.js'
import { addReplay } from './replay.js'
import { addSend } from './send/index.js'
import { addTail } from './tail.js'
import { addVersion } from './version.js'

/** In the order of `--help`. */
const commands = [
  addDoctor,
  addSend,
  addTail,
  addReplay,
  addHealthcheck,
  addKeys,
  addInvite,
  addPasswordReset,
  addErase,
  addPurge,
  addMigrateStore,
  addVersion,
]

export function addCommands(program: Command, deps: CommandDeps): void {
  for (const addCommand of commands) addCommand(program, deps)
}
