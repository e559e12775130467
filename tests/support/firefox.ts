// Launches an installed Firefox and drives it over WebDriver BiDi.
import { launch } from 'puppeteer-core'
import type { Engine } from './engine.js'
import { findProgram } from './external-program.js'
import { waitLimitMs } from './wait.js'

/** Launches a headless Firefox. @param prefs preferences of about:config */
export async function launchFirefox(prefs: Record<string, boolean> = {}): Promise<Engine> {
  const executablePath = findProgram({
    name: 'Firefox',
    variable: 'TAGFERRY_FIREFOX',
    files: ['firefox-esr', 'firefox', '/Applications/Firefox.app/Contents/MacOS/firefox'],
    debian: 'firefox-esr',
  })
  const browser = await launch({
    browser: 'firefox',
    executablePath,
    extraPrefsFirefox: prefs,
    timeout: 2 * waitLimitMs,
  })
  return {
    async visit() {
      const context = await browser.createBrowserContext()
      const page = await context.newPage()
      page.setDefaultTimeout(waitLimitMs)
      return {
        open: async (url) => void (await page.goto(url)),
        run: (expression) => page.evaluate(expression),
        reload: async () => void (await page.reload()),
        back: async () => void (await page.goBack()),
        forward: async () => void (await page.goForward()),
        cookies: () => page.cookies(),
        end: () => context.close(),
      }
    },
    close: () => browser.close(),
  }
}
