/** Tests the list of pages: each has an address of its own, and receives the services that it names and no others. */
import { expect, it } from 'vitest'
import { createHelpPage } from './help.js'
import { createPages } from './index.js'
import type { PageServices } from './services.js'
import { createTestEventsPage } from './test-events.js'

const pages = createPages({} as PageServices)

it('gives each page an address of its own', () => {
  const paths = pages.map(({ path }) => path)
  expect(new Set(paths).size).toBe(paths.length)
})

it('has the navigation in the order in which an owner sets a domain up', () => {
  expect(pages.flatMap(({ nav }) => nav ?? [])).toEqual([
    'Overview',
    'Domains',
    'Connections',
    'Configuration',
    'Events',
    'Test events',
    'Install',
    'Diagnostics',
    'Help',
  ])
})

it('does not compile where a page gets a service that it does not name', () => {
  const { version, settings, store, testEvents } = {} as PageServices
  // @ts-expect-error: Help needs no store.
  createHelpPage({ version, settings, store })
  // @ts-expect-error: Test events needs no settings.
  createTestEventsPage({ testEvents, settings })
  // @ts-expect-error: Help needs the settings.
  createHelpPage({ version })
})
