/** Defines what main.ts hands to every command. */
import type { Config } from '../config/config.js'
import type { StoreDeps } from '../store/open.js'
import type { Records } from '../store/records.js'
import type { VendorKind } from '../vendors/vendor.js'

export interface CommandDeps extends Omit<StoreDeps, 'places' | 'onBroken'> {
  version: string
  kinds: readonly VendorKind[]
  places: StoreDeps['places'] & {
    /** Folder of the built snippet. */
    scripts: string
  }
  /** Reads the settings. If they are invalid, prints the problems and ends the process with exit code 78. */
  readConfig: () => Config
  openAuth: (store: Pick<Records, 'records' | 'record' | 'write'>) => Promise<DashboardAuth>
  /** TAGFERRY_KEY: an API key that need not be typed. */
  apiKey: string | undefined
  /** Starts to listen for SIGINT, SIGTERM and the end of stdout; gives a signal that each of them aborts. */
  stopSignal: () => AbortSignal
  /** Prints a line to stdout. */
  print: (line: string) => void
  /** Prints a line to stderr: for the reader, not for scripts. */
  note: (line: string) => void
  /** Sets exit code 1, and prints the reason to stderr if one is given. */
  fail: (reason?: string) => void
  /** Prints what is wrong with the arguments to stderr, and ends the process with exit code 2. */
  failUsage: (problem: string) => never
}

/** What the commands need of the dashboard's authentication. */
export interface DashboardAuth {
  /** Whether the dashboard has no password yet. */
  needsSetUp(): Promise<boolean>
  /** Gives the token of a new one-time set-up link. */
  createSetupLink(): Promise<string>
  /** Removes the password and ends all sessions. */
  removePassword(): Promise<void>
}
