// Knows how the example pages are opened for a test: the whole house, the shop's keys, and what a page posts and says.
import type { BrowserContextOptions, Page } from 'playwright-core'
import { expect, vi } from 'vitest'
import { API_KEY, PLAIN_DOMAIN, SITE_KEY } from '../../examples/shop/keys.js'
import type { Kept } from '../../examples/stand-in/kept.js'
import { type ShopSystem, site, startShopSystem } from './shop-system.js'

interface Posted {
  event: string
  event_id: string
}

export interface Visit {
  page: Page
  /** Events in requests of the page to the collector, sent again or not. */
  posted: Posted[]
  /** Answers of the collector. */
  answers: { status: number; body: string }[]
  /** Console, uncaught errors. */
  noise: string[]
  /** Opens an example page of a host of the shop. */
  open(path: string, host?: 'www' | 'shop' | 'checkout'): Promise<void>
  tap(testId: string): Promise<void>
  close(): Promise<void>
}

export interface Examples extends ShopSystem {
  visit(options?: BrowserContextOptions & { script?: string }): Promise<Visit>
  /** Address of a page. */
  link(path: string, host?: string): string
  /** What the stand-in has of an event whose page address holds `where`, oldest first, once it is so many. */
  arrived(event: string, where: string, count?: number): Promise<ReceivedEvent[]>
  /** The first that comes from what is done meanwhile. */
  next(event: string, where: string, act: () => Promise<unknown>): Promise<ReceivedEvent>
  /** Those of this moment. */
  seen(event: string, where: string): ReceivedEvent[]
  /** Value of a counter of the collector, its labels as `name="value"`; 0 when there is none yet. */
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
    vi.waitFor(
      () => {
        const found = seen(event, where)
        expect(found.length, `${event} of ${where} at the stand-in`).toBeGreaterThanOrEqual(count)
        return found
      },
      { timeout: 20_000, interval: 50 },
    )
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

/** Writes down what a page posts, hears and says. */
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

/** Long enough for an event that should not come. */
export const pass = (ms = 700): Promise<void> => new Promise((done) => setTimeout(done, ms))
