/** Lists the pages of the dashboard in the order of the navigation, each with the services that it uses. */
import type { Page } from '../page.js'
import { createAccountPage } from './account.js'
import { createEventsConfigurationPage } from './configuration/events.js'
import { createKeysPage } from './configuration/keys.js'
import { createPrivacyPage } from './configuration/privacy.js'
import { createVendorsPage } from './configuration/vendors.js'
import { createConnectionsPage } from './connections/connections.js'
import { createDiagnosticsPage } from './diagnostics.js'
import { createDomainsPage } from './domains.js'
import { createEventPage } from './events/event.js'
import { createEventsPage } from './events/events.js'
import { createRejectedPage } from './events/rejected.js'
import { createHelpPage } from './help.js'
import { createInstallPage } from './install/install.js'
import { createIssueTracker } from './issue-tracker.js'
import { createOverviewPage } from './overview/overview.js'
import type { PageServices } from './services.js'
import { createTestEventsPage } from './test-events.js'

export function createPages(services: PageServices): readonly Page[] {
  const { version, clock, store, saveConfig, replayFailed, testEvents, password } = services
  const { siteRegistry, kinds, vendors, settings, scripts, verification, checkPage } = services
  const issues = createIssueTracker({ store, siteRegistry, kinds, settings, version, clock })
  return [
    createOverviewPage({ store, issues, kinds }),
    createDomainsPage({ store, siteRegistry, kinds, saveConfig }),
    createConnectionsPage({ store, siteRegistry, kinds, vendors, clock, saveConfig }),
    createVendorsPage({ store, kinds, saveConfig }),
    createEventsConfigurationPage({ store, saveConfig }),
    createPrivacyPage({ store, kinds, settings, verification, saveConfig }),
    createKeysPage({ store, siteRegistry, saveConfig }),
    createEventsPage({ store, kinds, replayFailed }),
    createRejectedPage({ store }),
    createEventPage({ store, kinds, vendors, replayFailed }),
    createTestEventsPage({ testEvents }),
    createInstallPage({ store, scripts, verification, checkPage }),
    createDiagnosticsPage({ store, issues }),
    createHelpPage({ version, settings }),
    createAccountPage({ password }),
  ]
}
