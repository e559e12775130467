/** Knows one shop's own test: a visitor from an ad buys, and TikTok learns of it once. Copy it, change the names. */
import type { Browser } from 'playwright-core'
import { connectSandbox, expectConversion } from 'tagferry/sandbox'
import { afterAll, beforeAll, expect, test } from 'vitest'
// Yours is `import { chromium } from 'playwright'` and `chromium.launch()`.
import { launchChromium } from '../../tests/support/chromium.js'

const shop = process.env.SHOP ?? 'http://www.example.localhost:8080'
const sandbox = connectSandbox()

let browser: Browser
beforeAll(async () => {
  await sandbox.clear()
  browser = await launchChromium()
})
afterAll(() => browser?.close())

test('a visitor from an ad buys once', async () => {
  const page = await browser.newPage()
  await page.goto(`${shop}/products/night-ferry?ttclid=E.C.P.abc`)
  await expectConversion(page, { event: 'ViewContent', value: 48, keys: ['click', 'ipUa'] })
  await page.getByTestId('add-to-cart').click()
  await page.getByTestId('to-checkout').click()
  await page.getByTestId('email').fill('jane@example.com')
  await page.getByTestId('place-order').click()
  await page.getByTestId('thanks').waitFor()
  const purchase = await expectConversion(page, {
    event: 'Purchase',
    currency: 'USD',
    keys: ['click', 'mail'],
  })
  await page.reload()
  expect(await sandbox.events({ event: 'Purchase' })).toEqual([purchase])
})
