/** `invite`: prints a new set-up link, as long as the dashboard has no password. */
import type { Command } from 'commander'
import type { CommandDeps } from './command.js'
import { createSetupLink, managedByEnv, type SetupLinkOptions, urlOption, withAuth } from './setup-link.js'

export function addInvite(program: Command, deps: CommandDeps): void {
  program
    .command('invite')
    .description('print a new one-time set-up link, while the dashboard has no password')
    .option(...urlOption)
    .addHelpText('after', '\nExample: tagferry invite --url https://collect.shop.example')
    .action((options: SetupLinkOptions) => runInvite(options, deps))
}

async function runInvite(options: SetupLinkOptions, deps: CommandDeps): Promise<void> {
  const config = deps.readConfig()
  if (config.adminPassword !== undefined) return deps.fail(managedByEnv)
  const link = await withAuth(config, deps, async (auth) =>
    (await auth.needsSetUp()) ? createSetupLink(auth, config, options) : undefined,
  )
  if (link === undefined)
    return deps.fail(
      'The dashboard has a password: log in with it, or remove it with "tagferry password reset".',
    )
  deps.print(link)
}
