// Knows how a browser stands before the dashboard in a test: logged in, and watched for all that must not happen.
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { call } from '../contract/http.js'
import { type Desk, password } from '../dashboard/support.js'

export interface Visit {
  context: BrowserContext
  page: Page
  /** Dialogs, errors, violations of the policy, requests to others, broken answers: all that was seen. */
  noise: string[]
}

/** A window that nobody has logged in yet. */
export async function open(
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
export async function enter({ page }: Visit): Promise<void> {
  await page.goto('/admin/login')
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.waitForURL('**/admin')
}

/** Events, as a page of the shop posts them. */
export async function arrive(
  { collector }: Pick<Desk, 'collector'>,
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
