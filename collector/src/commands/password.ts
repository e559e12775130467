/** `invite` and `password reset`: whoever has the machine is never locked out of the dashboard. */
import type { Command } from 'commander'
import type { Config } from '../config/config.js'
import { type Auth, createAuth } from '../dashboard/auth/auth.js'
import type { CliDeps } from './command.js'
import { urlOf, withStore } from './parts.js'

interface Options {
  url?: string
}

const option = ['--url <origin>', 'where the dashboard is reached; as the settings say unless told'] as const
const fixed =
  'The password is set by TAGFERRY_ADMIN_PASSWORD. Set another one there and start the collector again.'

export function addInvite(program: Command, given: CliDeps): void {
  const { config, say, refuse } = given
  program
    .command('invite')
    .description('print a new one-time set-up link, while the dashboard has no password')
    .option(...option)
    .addHelpText('after', '\nExample: tagferry invite --url https://collect.shop.example')
    .action(async (options: Options) => {
      const settings = config()
      if (!settings) return
      if (settings.adminPassword !== undefined) return refuse(fixed)
      const link = await withGate(settings, given, async (auth) =>
        (await auth.needsSetUp()) ? linkOf(await auth.createSetupLink(), settings, options) : undefined,
      )
      if (link) return say(link)
      refuse('The dashboard has a password: log in with it, or remove it with "tagferry password reset".')
    })
}

export function addPassword(program: Command, given: CliDeps): void {
  const { config, say, refuse } = given
  program
    .command('password')
    .description("the dashboard's password")
    .command('reset')
    .description('remove it, end all sessions, and print a new one-time set-up link')
    .option(...option)
    .addHelpText('after', '\nExample: tagferry password reset')
    .action(async (options: Options) => {
      const settings = config()
      if (!settings) return
      if (settings.adminPassword !== undefined) return refuse(fixed)
      const link = await withGate(settings, given, async (auth) => {
        await auth.forget()
        return linkOf(await auth.createSetupLink(), settings, options)
      })
      say('The password is gone and all sessions have ended. Choose another one within a day at')
      say(link)
    })
}

function withGate<Result>(
  settings: Config,
  given: CliDeps,
  use: (auth: Auth) => Promise<Result>,
): Promise<Result> {
  const { clock } = given.deps
  return withStore(settings, given, async (store) =>
    // Nothing is chosen here: that happens in the dashboard.
    use(await createAuth({ store, clock, password: undefined, common: new Set() })),
  )
}

function linkOf(token: string, settings: Config, { url }: Options): string {
  const origin = url ?? urlOf(settings.adminListen ?? settings)
  return `${origin.replace(/\/$/, '')}/admin/setup?token=${token}`
}
