// Opens example pages for a test, on the whole system, and records what a page posts and logs.
import type { BrowserContextOptions, Page } from 'playwright-core'

import { API_KEY, PLAIN_DOMAIN, SITE_KEY } from '../../examples/shop/keys.js'
import type { ReceivedEvent } from '../../examples/stand-in/received-event.js'
import { type ShopSystem, site, startShopSystem } from './shop-system.js'
import { sleep, waitFor } from './wait.js'

interface Posted {
  event: string
  event_id: string
}

export interface Visit {
  page: Page
  /** Events in all requests of the page to the collector, including repeats. */
  posted: Posted[]
  /** Answers of the collector. */
  answers: { status: number; body: string }[]
  /** Console messages and uncaught errors. */
  noise: string[]
  /** Opens an example page on a host of the shop. */
  open(path: string, host?: 'www' | 'shop' | 'checkout'): Promise<void>
  tap(testId: string): Promise<void>
  close(): Promise<void>
}

export interface Examples extends ShopSystem {
  visit(options?: BrowserContextOptions & { script?: string }): Promise<Visit>
  /** URL of a page. */
  link(path: string, host?: string): string
  /** Waits until the stand-in has a number of events whose page URL contains `where`; gives them, oldest first. */
  arrived(event: string, where: string, count?: number): Promise<ReceivedEvent[]>
  /** Runs `act` and gives the first such event that arrives after its start. */
  next(event: string, where: string, act: () => Promise<unknown>): Promise<ReceivedEvent>
  /** Such events that the stand-in has now. */
  seen(event: string, where: string): ReceivedEvent[]
  /** Value of a counter of the collector; labels are given as `name="value"`. 0 if there is none yet. */
  metric(name: string, ...labels: string[]): Promise<number>
}

const keys = {
  TAGFERRY_SITES: JSON.stringify([{ ...site, siteKey: SITE_KEY, aliases: [PLAIN_DOMAIN] }]),
  TAGFERRY_API_KEYS: JSON.stringify([{ site: site.domain, key: API_KEY }]),
}

const urlOf = (kept: ReceivedEvent): string =>
  String((kept.payload as { page?: { url?: string } } | null)?.page?.url ?? '')

export async function startExamples(env: Record<string, string> = {}): Promise<Examples> {
  const system = await startShopSystem({ ...keys, ...env })
  const link: Examples['link'] = (path, host = 'www') => new URL(path, system.home.replace('www', host)).href
  const seen: Examples['seen'] = (event, where) =>
    system.standIn.received
      .all()
      .filter((kept) => kept.event === event && urlOf(kept).includes(where))
      .reverse()
  const arrived: Examples['arrived'] = (event, where, count = 1) =>
    waitFor(`${count} events ${event} of ${where} at the stand-in`, () => {
      const found = seen(event, where)
      return found.length >= count && found
    })
  return {
    ...system,
    link,
    seen,
    arrived,
    async next(event, where, act) {
      const before = seen(event, where).length
      await act()
      return (await arrived(event, where, before + 1))[before] as ReceivedEvent
    },
    async metric(name, ...labels) {
      const text = await (await fetch(`${system.collector.origin}/metrics`)).text()
      const lines = text.split('\n').filter((line) => line.startsWith(`tagferry_${name}{`))
      const found = lines.filter((line) => labels.every((label) => line.includes(label)))
      return found.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
    },
    async visit({ script, ...options } = {}) {
      const context = await system.browser.newContext(options)
      if (script) await context.addInitScript(script)
      const page = await context.newPage()
      return { ...watch(page), open: async (path, host) => void (await page.goto(link(path, host))) }
    },
  }
}

/** Records what a page posts, which answers it gets and what it logs. */
export function watch(page: Page): Omit<Visit, 'open'> {
  const posted: Posted[] = []
  const answers: Visit['answers'] = []
  const noise: string[] = []
  page.on('console', (message) => noise.push(message.text()))
  page.on('pageerror', (error) => noise.push(String(error)))
  page.on('request', (request) => {
    if (!request.url().endsWith('/t/e')) return
    const { events = [] } = JSON.parse(request.postData() ?? '{}') as { events?: Posted[] }
    posted.push(...events)
  })
  page.on('response', async (response) => {
    if (!response.url().endsWith('/t/e')) return
    answers.push({ status: response.status(), body: await response.text().catch(() => '') })
  })
  return {
    page,
    posted,
    answers,
    noise,
    tap: (testId) => page.getByTestId(testId).click(),
    close: () => page.context().close(),
  }
}

/** Time in which an event that must not arrive would arrive. */
export const pass = (ms = 700): Promise<void> => sleep(ms)
