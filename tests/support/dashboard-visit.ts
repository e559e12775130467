// Knows how a browser stands before the dashboard in a test: logged in, and watched for all that must not happen.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { type Dashboard, password } from './dashboard.js'
import { call } from './http.js'

export interface Visit {
  context: BrowserContext
  page: Page
  /** Dialogs, errors, violations of the policy, requests to others, broken answers: all that was seen. */
  noise: string[]
}

/** A window that nobody has logged in yet. */
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
    // The browser tells of each answer that is no 2xx; those of 5xx are taken from the answers themselves.
    const known = /the server responded with a status of/.test(message.text())
    if (['error', 'warning'].includes(message.type()) && !known) noise.push(message.text())
  })
  context.on('weberror', (error) => noise.push(String(error.error())))
  context.on('request', (request) => {
    const { protocol, origin: asked } = new URL(request.url())
    if (protocol !== 'data:' && asked !== origin) noise.push(`request: ${request.url()}`)
  })
  context.on('response', (response) => {
    if (response.status() >= 500) noise.push(`${response.status()}: ${response.url()}`)
  })
  return { context, page: await context.newPage(), noise }
}

/** Logs in as the owner does. */
export async function logInAsOwner({ page }: Visit): Promise<void> {
  await page.goto('/admin/login')
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.waitForURL('**/admin')
}

/** Events, as a page of the shop posts them. */
export async function postEvents(
  { collector }: Pick<Dashboard, 'collector'>,
  ...events: Record<string, unknown>[]
): Promise<void> {
  const { status, text } = await call(collector.origin, {
    method: 'POST',
    path: '/e',
    headers: {
      'content-type': 'text/plain',
      origin: 'https://shop.example',
      'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    },
    body: { site: 'shop.example', events },
  })
  if (status !== 202) throw new Error(`The events were answered ${status}: ${text}`)
}

const key = 'server-key-for-tests'
/** Settings of a collector that takes `arriveFromServer`. */
export const serverKeySettings = { TAGFERRY_API_KEYS: JSON.stringify([{ site: 'shop.example', key }]) }

/** An event, as the shop's server sends it. */
export async function postServerEvent(
  { collector }: Pick<Dashboard, 'collector'>,
  event: Record<string, unknown>,
): Promise<void> {
  const { status, text } = await call(collector.origin, {
    method: 'POST',
    path: '/v1/events',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: { site: 'shop.example', events: [event] },
  })
  if (status !== 202) throw new Error(`The event was answered ${status}: ${text}`)
}

/** A page of shop.localhost in which the tag stands in the wrong place, for another site, under a policy that stops it. */
export async function startMisconfiguredShop(): Promise<{ url: string; close(): void }> {
  const server = createServer((_request, response) =>
    response
      .setHeader('content-security-policy', "script-src 'none'")
      .end('<body><script async src="/t.js" data-site="other.example"></script></body>'),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://shop.localhost:${port}/`, close: () => server.close() }
}
