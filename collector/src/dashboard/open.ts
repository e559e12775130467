/** What the dashboard is given of the house, and who may enter it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config/config.js'
import { readScripts } from '../endpoints/script.js'
import { createPageCheck } from '../verification/page-check.js'
import { type Auth, createAuth } from './auth/auth.js'
import type { DashboardServices } from './page.js'
import type { DashboardDeps } from './routes.js'

export interface OpenDashboardDeps {
  services: Omit<DashboardServices, 'settings' | 'scripts' | 'checkPage' | 'regionCredit' | 'password'>
  places: { data: string; scripts: string; statics: string }
  stopping: AbortSignal
  onBug: (error: unknown) => void
}

export interface Dashboard extends DashboardDeps {
  /** What to print at start: the way in while there is no password. */
  setupLink(url: string): Promise<string | undefined>
}

export async function openDashboard(config: Config, deps: OpenDashboardDeps): Promise<Dashboard> {
  const { services, places, stopping, onBug } = deps
  const list = readFileSync(join(places.data, 'common-passwords.txt'), 'utf8')
  const common = new Set(list.trim().split('\n'))
  const auth: Auth = await createAuth({
    store: services.store,
    clock: services.clock,
    password: config.adminPassword,
    common,
  })
  const scripts = readScripts(places.scripts)
  return {
    services: {
      ...services,
      password: auth,
      settings: config.shown,
      scripts,
      checkPage: createPageCheck(config, scripts.files),
      regionCredit: { text: 'IP Geolocation by DB-IP', url: 'https://db-ip.com' },
    },
    auth,
    statics: places.statics,
    stopping,
    onBug,
    async setupLink(url) {
      if (!(await auth.needsSetUp())) return undefined
      return `${url}/admin/setup?token=${await auth.createSetupLink()}`
    },
  }
}
