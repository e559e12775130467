// The interface through which a test drives any browser engine, and its implementation for Chromium.
import type { Browser } from 'playwright-core'

export interface Engine {
  /** Starts the visit of a new visitor, without cookies and stored data. */
  visit(): Promise<Visit>
  close(): Promise<void>
}

export interface Visit {
  /** Resolves when the page and its scripts have loaded. */
  open(url: string): Promise<void>
  /** Value of an expression in the page. */
  run(expression: string): Promise<unknown>
  reload(): Promise<void>
  back(): Promise<void>
  forward(): Promise<void>
  /** The cookies that the current page gets. */
  cookies(): Promise<{ name: string; value: string; domain: string }[]>
  end(): Promise<void>
}

/** Does not close the browser: whoever launched it does. */
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
