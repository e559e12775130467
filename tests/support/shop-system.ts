// Knows how the whole job is put together for a test: stand-in, collector, example shop and a browser.
import type { Browser } from 'playwright-core'
import { expect, vi } from 'vitest'
import { createShop } from '../../examples/shop/shop.js'
import type { ReceivedEvent } from '../../examples/stand-in/received-event.js'
import { createStandIn, type StandIn } from '../../examples/stand-in/stand-in.js'
import { launchChromium } from './chromium.js'
import { type Collector, startCollector } from './collector.js'

export interface ShopSystem {
  standIn: StandIn
  collector: Collector
  browser: Browser
  /** The shop's landing page. */
  home: string
  /** What the stand-in has kept of an event name, oldest first, once it is so many. */
  received(name: string, count?: number): Promise<ReceivedEvent[]>
  stop(): Promise<void>
}

export const site = {
  domain: 'example.localhost',
  pixelCode: 'CHRTV0567FRME7OQ5DI0',
  accessToken: 'not-a-real-token-0123456789',
  country: 'US',
}

/** Starts all of it on free ports; `env` holds further TAGFERRY_ settings. */
export async function startShopSystem(env: Record<string, string> = {}): Promise<ShopSystem> {
  const standIn = createStandIn({ tokens: { [site.accessToken]: [site.pixelCode] } })
  const tiktok = await standIn.listen()
  const settings = {
    TAGFERRY_TIKTOK_URL: tiktok,
    TAGFERRY_TRUST_PROXY: 'loopback',
    TAGFERRY_SITES: JSON.stringify([site]),
  }
  const collector = await startCollector({ env: { ...settings, ...env } })
  const shop = createShop({ collectorOrigin: collector.origin, inspectorUrl: `${tiktok}/inspector` })
  const home = `http://www.example.localhost:${await shop.listen()}/`
  const browser = await launchChromium()
  return {
    standIn,
    collector,
    browser,
    home,
    received: (name, count = 1) =>
      vi.waitFor(
        () => {
          const found = standIn.received.all().filter(({ event }) => event === name)
          expect(found.length, `${name} at the stand-in`).toBeGreaterThanOrEqual(count)
          return found.reverse()
        },
        { timeout: 10_000, interval: 50 },
      ),
    async stop() {
      await browser.close()
      await shop.close()
      await collector.stop()
      await standIn.close()
    },
  }
}
