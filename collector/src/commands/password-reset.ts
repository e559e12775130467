/** `password reset`: removes the password of the dashboard and prints a new set-up link. */
import type { Command } from 'commander'
import type { CommandDeps } from './command.js'
import { createSetupLink, managedByEnv, type SetupLinkOptions, urlOption, withAuth } from './setup-link.js'

export function addPasswordReset(program: Command, deps: CommandDeps): void {
  program
    .command('password')
    .description("the dashboard's password")
    .command('reset')
    .description('remove it, end all sessions, and print a new one-time set-up link')
    .option(...urlOption)
    .addHelpText('after', '\nExample: tagferry password reset')
    .action((options: SetupLinkOptions) => runPasswordReset(options, deps))
}

async function runPasswordReset(options: SetupLinkOptions, deps: CommandDeps): Promise<void> {
  const config = deps.readConfig()
  if (config.adminPassword !== undefined) return deps.fail(managedByEnv)
  const link = await withAuth(config, deps, async (auth) => {
    await auth.removePassword()
    return createSetupLink(auth, config, options)
  })
  deps.print('The password is gone and all sessions have ended. Choose another one within a day at')
  deps.print(link)
}
