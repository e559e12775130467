/** What the dashboard is given of the house, and who may enter it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config/config.js'
import { readScripts } from '../endpoints/script.js'
import { createPageCheck } from '../verification/page-check.js'
import { createGate, type Gate } from './auth/auth.js'
import type { House } from './page.js'
import type { DashboardDeps } from './routes.js'

export interface AdminDeps {
  house: Omit<House, 'settings' | 'scripts' | 'checkPage' | 'regionCredit' | 'password'>
  places: { data: string; scripts: string; statics: string }
  stopping: AbortSignal
  onBug: (error: unknown) => void
}

export interface Admin extends DashboardDeps {
  /** What to print at start: the way in while there is no password. */
  invitation(url: string): Promise<string | undefined>
}

export async function openAdmin(config: Config, deps: AdminDeps): Promise<Admin> {
  const { house, places, stopping, onBug } = deps
  const list = readFileSync(join(places.data, 'common-passwords.txt'), 'utf8')
  const common = new Set(list.trim().split('\n'))
  const gate: Gate = await createGate({
    store: house.store,
    clock: house.clock,
    password: config.adminPassword,
    common,
  })
  const scripts = readScripts(places.scripts)
  return {
    house: {
      ...house,
      password: gate,
      settings: config.shown,
      scripts,
      checkPage: createPageCheck(config, scripts.files),
      regionCredit: { text: 'IP Geolocation by DB-IP', url: 'https://db-ip.com' },
    },
    gate,
    statics: places.statics,
    stopping,
    onBug,
    async invitation(url) {
      if (!(await gate.needsSetUp())) return undefined
      return `${url}/admin/setup?token=${await gate.invite()}`
    },
  }
}
