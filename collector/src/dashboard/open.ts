/** Assembles the dashboard: reads its files, creates its services and its pages. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config/config.js'
import { readScripts } from '../endpoints/script.js'
import type { InputProblems } from '../store/input-problems.js'
import type { Records } from '../store/records.js'
import type { Reports } from '../store/reports.js'
import type { Store } from '../store/store.js'
import { createPageCheck } from '../verification/page-check.js'
import { createAuth } from './auth/auth.js'
import type { About } from './components/app-shell.js'
import { createPages } from './pages/index.js'
import { createReplayFailed, createSaveConfig, type PageServices, type TestEvents } from './pages/services.js'
import type { DashboardDeps } from './routes.js'

export interface CollectorServices
  extends TestEvents,
    Pick<PageServices, 'version' | 'clock' | 'siteRegistry' | 'kinds' | 'vendors' | 'verification'> {
  store: Records & Reports & InputProblems & Pick<Store, 'queues' | 'replay' | 'cancelPending'>
  /** Puts stored configuration into effect: for the next request and the next delivery. */
  apply(): Promise<void>
}

export interface OpenDashboardDeps {
  services: CollectorServices
  /** Folders: data files, the built snippet, the built style sheet and client script. */
  places: { data: string; scripts: string; statics: string }
  stopping: AbortSignal
  onBug: (error: unknown) => void
}

export interface Dashboard extends DashboardDeps {
  /**
   * Creates a one-time link with which the owner sets the password; undefined where there is one.
   * @param url origin of the dashboard
   */
  setupLink(url: string): Promise<string | undefined>
}

export async function openDashboard(config: Config, deps: OpenDashboardDeps): Promise<Dashboard> {
  const { services, places, stopping, onBug } = deps
  const { version, clock, store, siteRegistry, verification, apply, check, send } = services
  const auth = await createAuth({
    store,
    clock,
    password: config.adminPassword,
    common: readCommonPasswords(places.data),
  })
  const scripts = readScripts(places.scripts)
  const pages = createPages({
    ...services,
    saveConfig: createSaveConfig(store, apply),
    replayFailed: createReplayFailed(store, apply),
    password: auth,
    settings: config.shown,
    scripts,
    checkPage: createPageCheck(config, scripts.files),
    testEvents: { check, send },
  })
  return {
    pages,
    siteRegistry,
    clock,
    auth,
    live: { store, siteRegistry, verification, clock },
    about: aboutOf(version, config),
    statics: places.statics,
    stopping,
    onBug,
    async setupLink(url) {
      if (!(await auth.needsSetUp())) return undefined
      return `${url}/admin/setup?token=${await auth.createSetupLink()}`
    },
  }
}

function readCommonPasswords(folder: string): ReadonlySet<string> {
  const list = readFileSync(join(folder, 'common-passwords.txt'), 'utf8')
  return new Set(list.trim().split('\n'))
}

function aboutOf(version: string, { shown }: Pick<Config, 'shown'>): About {
  const tiktokUrl = shown.get('TAGFERRY_TIKTOK_URL')
  return {
    version,
    regionCredit: { text: 'IP Geolocation by DB-IP', url: 'https://db-ip.com' },
    tiktokUrl: tiktokUrl?.from === 'default' ? undefined : tiktokUrl?.value,
  }
}
