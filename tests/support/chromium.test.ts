// Checks that the browser of the tests starts on a machine without an installed browser.
import { afterEach, expect, it } from 'vitest'
import { launchChromium } from './chromium.js'

const named = process.env.TAGFERRY_CHROMIUM
afterEach(() => {
  if (named === undefined) delete process.env.TAGFERRY_CHROMIUM
  else process.env.TAGFERRY_CHROMIUM = named
})

it('opens pages for two test files at once', async () => {
  const browsers = await Promise.all([launchChromium(), launchChromium()])
  for (const browser of browsers) {
    const page = await browser.newPage()
    await page.setContent('<title>Thanks</title><p>Order 1001</p>')
    expect(await page.title()).toBe('Thanks')
    // Without a font a line of text has no height.
    expect(await page.evaluate('document.querySelector("p").offsetHeight')).toBeGreaterThan(5)
    await browser.close()
  }
})

it('says what to do if TAGFERRY_CHROMIUM names no file', async () => {
  process.env.TAGFERRY_CHROMIUM = '/nowhere/chromium'
  await expect(launchChromium()).rejects.toThrow(/TAGFERRY_CHROMIUM is \/nowhere\/chromium.*unset it/)
})
