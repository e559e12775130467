/** Names the services that pages are created from; `createPages` gives each page its share. */
import type { Scripts } from '../../endpoints/script.js'
import type { SiteRegistry } from '../../sites/registry.js'
import type { InputProblems } from '../../store/input-problems.js'
import type { Change, Put, Records, Removal } from '../../store/records.js'
import type { Reports } from '../../store/reports.js'
import type { Replay, Replayed, Store } from '../../store/store.js'
import type { Vendor, VendorKind } from '../../vendors/vendor.js'
import type { Verification } from '../../verification/handshake.js'
import type { CheckPage } from '../../verification/page-check.js'
import type { Auth } from '../auth/auth.js'

export interface PageServices {
  version: string
  /** Unix milliseconds. */
  clock: () => number
  store: Records & Reports & InputProblems & Pick<Store, 'queues' | 'cancelPending'>
  saveConfig: SaveConfig
  replayFailed: ReplayFailed
  siteRegistry: Pick<SiteRegistry, 'sites' | 'keys' | 'credentials'>
  kinds: readonly VendorKind[]
  vendors: VendorsByName
  password: Pick<Auth, 'managedByEnv' | 'changePassword'>
  settings: Settings
  scripts: Scripts
  verification: Pick<Verification, 'begin' | 'last'>
  /** Absent where TAGFERRY_SITE_CHECK is off. */
  checkPage?: CheckPage | undefined
  testEvents: TestEvents
}

export type VendorsByName = ReadonlyMap<string, Pick<Vendor, 'credentials' | 'map' | 'test'>>

/** Settings of the process by name, secrets masked, each with where it was set. */
export type Settings = ReadonlyMap<string, { value: string; from: string }>

export interface TestEvents {
  /** Sentences on what is wrong with an event of the site's server. Sends and stores nothing. */
  check(site: string, event: unknown): string[]
  /** Processes an event like any other, as if the site's server had sent it. */
  send(site: string, event: unknown): Promise<SendResult>
}

export type SendResult = { problems: string[] } | { ids: string[]; skipped?: string }

/**
 * Writes configuration in one commit, with a line of the change log, and puts it into effect.
 * Returns false, and writes nothing, where somebody else has changed the record since it was read.
 */
export type SaveConfig = (writes: readonly (Put | Removal)[], change: Omit<Change, 'who'>) => Promise<boolean>

/** @param apply puts stored configuration into effect: for the next request and the next delivery */
export const createSaveConfig =
  (store: Pick<Records, 'write'>, apply: () => Promise<void>): SaveConfig =>
  async (writes, change) => {
    const isWritten = await store.write(writes, { ...change, who: 'owner' })
    if (isWritten) await apply()
    return isWritten
  }

/** Makes failed deliveries pending again, and starts to send them. */
export type ReplayFailed = (which: Replay, now: number) => Promise<Replayed>

/** @param apply wakes the relay for the new deliveries */
export const createReplayFailed =
  (store: Pick<Store, 'replay'>, apply: () => Promise<void>): ReplayFailed =>
  async (which, now) => {
    const replayed = await store.replay(which, now)
    if (replayed.count > 0) await apply()
    return replayed
  }
