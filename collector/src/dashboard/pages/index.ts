/** The pages of the dashboard, in the order of the way around. */
import type { Page } from '../page.js'
import { account } from './account.js'
import { eventsConfiguration } from './configuration/events.js'
import { keys } from './configuration/keys.js'
import { privacy } from './configuration/privacy.js'
import { vendors } from './configuration/vendors.js'
import { connections } from './connections/connections.js'
import { diagnostics } from './diagnostics.js'
import { domains } from './domains.js'
import { event } from './events/event.js'
import { events } from './events/events.js'
import { help } from './help.js'
import { install } from './install/install.js'
import { overview } from './overview/overview.js'
import { testEvents } from './test-events.js'

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
