// Knows what all browsers can do for a test, whichever driver is behind it; and how Chromium does it.
import type { Browser } from 'playwright-core'

export interface Engine {
  /** A visitor whom nobody knows yet: no cookies, nothing stored. */
  visit(): Promise<Visit>
  close(): Promise<void>
}

export interface Visit {
  /** Until the page and its scripts have loaded. */
  open(url: string): Promise<void>
  /** Value of an expression in the page. */
  run(expression: string): Promise<unknown>
  reload(): Promise<void>
  back(): Promise<void>
  forward(): Promise<void>
  /** Those that the page before the visitor gets. */
  cookies(): Promise<{ name: string; value: string; domain: string }[]>
  end(): Promise<void>
}

/** The browser stays its owner's, who closes it. */
export const chromiumEngine = (browser: Browser): Engine => ({
  async visit() {
    const context = await browser.newContext()
    const page = await context.newPage()
    return {
      open: async (url) => void (await page.goto(url)),
      run: (expression) => page.evaluate(expression),
      reload: async () => void (await page.reload()),
      back: async () => void (await page.goBack()),
      forward: async () => void (await page.goForward()),
      cookies: () => context.cookies(page.url()),
      end: () => context.close(),
    }
  },
  close: async () => {},
})
