// Starts the whole system for browser tests: stand-in TikTok, collector, example shop and Chromium.
import type { Browser } from 'playwright-core'
import { createShop } from '../../examples/shop/shop.js'
import type { ReceivedEvent } from '../../examples/stand-in/received-event.js'
import { createStandIn, type StandIn } from '../../examples/stand-in/stand-in.js'
import { launchChromium } from './chromium.js'
import { type Collector, startCollector } from './collector.js'
import { waitFor } from './wait.js'

export interface ShopSystem {
  standIn: StandIn
  collector: Collector
  browser: Browser
  /** Address of the shop's landing page. */
  home: string
  /** Waits until the stand-in has a number of events of a name, and gives them, oldest first. */
  received(name: string, count?: number): Promise<ReceivedEvent[]>
  stop(): Promise<void>
}

export const site = {
  domain: 'example.localhost',
  pixelCode: 'CHRTV0567FRME7OQ5DI0',
  accessToken: 'not-a-real-token-0123456789',
  country: 'US',
}

/** Starts everything on free ports. @param env further settings of the collector */
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
      waitFor(`${count} events ${name} at the stand-in`, () => {
        const found = standIn.received.all().filter(({ event }) => event === name)
        return found.length >= count && found.reverse()
      }),
    async stop() {
      await browser.close()
      await shop.close()
      await collector.stop()
      await standIn.close()
    },
  }
}
