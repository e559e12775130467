// Opens dashboard pages in a browser, logs in, and collects everything that must not happen there.
import { createServer } from 'node:http'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { type Dashboard, password } from './dashboard.js'
import { expectAccepted, postAsPage, postAsServer } from './events.js'
import { close, listen } from './port.js'

export interface Visit {
  context: BrowserContext
  page: Page
  /** Dialogs, errors, policy violations, requests to other servers and answers of 5xx. */
  noise: string[]
}

/** Opens a window without a session. */
export async function openWindow(
  browser: Browser,
  origin: string,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const context = await browser.newContext({ baseURL: origin, reducedMotion: 'reduce', ...options })
  const noise: string[] = []
  context.on('dialog', (dialog) => {
    noise.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  context.on('console', (message) => {
    // The browser logs each answer that is not 2xx. Those of 5xx are taken from the answers themselves.
    const isStatus = /the server responded with a status of/.test(message.text())
    if (['error', 'warning'].includes(message.type()) && !isStatus) noise.push(message.text())
  })
  context.on('weberror', (error) => noise.push(String(error.error())))
  context.on('request', (request) => {
    const { protocol, origin: target } = new URL(request.url())
    if (protocol !== 'data:' && target !== origin) noise.push(`request: ${request.url()}`)
  })
  context.on('response', (response) => {
    if (response.status() >= 500) noise.push(`${response.status()}: ${response.url()}`)
  })
  return { context, page: await context.newPage(), noise }
}

/** Logs in through the form. */
export async function logInAsOwner({ page }: Visit): Promise<void> {
  await page.goto('/admin/login')
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.waitForURL('**/admin')
}

/** Posts events of a page of shop.example. */
export async function postEvents(
  { collector }: Pick<Dashboard, 'collector'>,
  ...events: Record<string, unknown>[]
): Promise<void> {
  expectAccepted(await postAsPage(collector.origin, events))
}

const key = 'server-key-for-tests'
/** Settings of a collector that accepts `postServerEvent`. */
export const serverKeySettings = { TAGFERRY_API_KEYS: JSON.stringify([{ site: 'shop.example', key }]) }

/** Posts an event of the server of shop.example. */
export async function postServerEvent(
  { collector }: Pick<Dashboard, 'collector'>,
  event: Record<string, unknown>,
): Promise<void> {
  expectAccepted(await postAsServer(collector.origin, key, [event]))
}

/** A page of shop.localhost with the script tag in the body, for another site, and blocked by a policy. */
export async function startMisconfiguredShop(): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((_request, response) =>
    response
      .setHeader('content-security-policy', "script-src 'none'")
      .end('<body><script async src="/t.js" data-site="other.example"></script></body>'),
  )
  const port = await listen(server)
  return { url: `http://shop.localhost:${port}/`, close: () => close(server) }
}
