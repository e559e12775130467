/** Creates set-up links, with which the owner of this machine sets the password of the dashboard. */
import type { Config } from '../config/config.js'
import { collectorUrl } from './collector-client.js'
import type { CommandDeps, DashboardAuth } from './command.js'
import { withStore } from './store.js'

export interface SetupLinkOptions {
  /** Origin of the dashboard; by default as the settings say. */
  url?: string
}

/** The arguments for `Command.option`. */
export const urlOption = [
  '--url <origin>',
  'where the dashboard is reached; by default as the settings say',
] as const

export const managedByEnv =
  'The password is set by TAGFERRY_ADMIN_PASSWORD. Set another one there and start the collector again.'

export function withAuth<Result>(
  config: Config,
  deps: CommandDeps,
  use: (auth: DashboardAuth) => Promise<Result>,
): Promise<Result> {
  return withStore(config, deps, async (store) => use(await deps.openAuth(store)))
}

/** Gives the link, for one use within a day. */
export async function createSetupLink(
  auth: DashboardAuth,
  config: Config,
  { url }: SetupLinkOptions,
): Promise<string> {
  const origin = url ?? collectorUrl(config.adminListen ?? config)
  return `${origin.replace(/\/$/, '')}/admin/setup?token=${await auth.createSetupLink()}`
}
