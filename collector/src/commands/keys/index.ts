/** Registers `keys` and its sub-commands. */
import type { Command } from 'commander'
import type { CommandDeps } from '../command.js'
import { addKeysCreate } from './create.js'
import { addKeysList } from './list.js'
import { addKeysRevoke } from './revoke.js'
import { addKeysRotate } from './rotate.js'

export function addKeys(program: Command, deps: CommandDeps): void {
  const keys = program.command('keys').description('API keys of servers, and the encryption key')
  addKeysList(keys, deps)
  addKeysCreate(keys, deps)
  addKeysRevoke(keys, deps)
  addKeysRotate(keys, deps)
}
