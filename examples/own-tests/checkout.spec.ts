/** Tests one shop: a visitor from an ad buys, and one Purchase reaches TikTok. Copy the file and adapt it. */
import type { Browser } from 'playwright-core'
import { connectSandbox, expectConversion } from 'tagferry/sandbox'
import { afterAll, beforeAll, expect, test } from 'vitest'
// In your project: `import { chromium } from 'playwright'` and `chromium.launch()`.
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
