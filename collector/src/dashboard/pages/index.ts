/** The pages of the dashboard, in the order of the way around. */
import type { Page } from '../page.js'
import { account } from './account.js'
import { connections } from './connections.js'
import { diagnostics } from './diagnostics.js'
import { domains } from './domains.js'
import { event } from './event.js'
import { events } from './events.js'
import { eventsConfiguration } from './events-configuration.js'
import { help } from './help.js'
import { install } from './install.js'
import { keys } from './keys.js'
import { overview } from './overview.js'
import { privacy } from './privacy.js'
import { testEvents } from './test-events.js'
import { vendors } from './vendors.js'

export const pages: readonly Page[] = [
  overview,
  domains,
  connections,
  vendors,
  eventsConfiguration,
  privacy,
  keys,
  events,
  event,
  testEvents,
  install,
  diagnostics,
  help,
  account,
]
