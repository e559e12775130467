/** Why the collector sets the click-id cookie itself: WebKit's tracking prevention caps what a script writes. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { type ReverseProxy, startCaddy } from '../support/caddy.js'
import { type Collector, startCollector } from '../support/collector.js'
import { type Display, startDisplay } from '../support/display.js'
import { startExternal } from '../support/external-program.js'
import { type PageServer, servePages } from '../support/page-server.js'
import { temporaryDir } from '../support/temporary.js'
import { findMiniBrowser } from '../support/webkit.js'

const site = { domain: 'example.localhost', pixelCode: 'CHRTV0567FRME7OQ5DI0', accessToken: 'token-1' }

let collector: Collector
let pages: PageServer
let tls: ReverseProxy
let display: Display
beforeAll(async () => {
  // Delivery is no matter here: nothing listens where TikTok would.
  const env = { TAGFERRY_SITES: JSON.stringify([site]), TAGFERRY_TIKTOK_URL: 'http://127.0.0.1:9' }
  collector = await startCollector({ env })
  pages = await servePages(collector.origin, '203.0.113.7')
  // WebKit takes no Secure cookie over plain HTTP, not even from loopback.
  tls = await startCaddy(
    (port) => `https://www.example.localhost:${port} {
      tls internal
      reverse_proxy 127.0.0.1:${new URL(pages.origin).port}
    }`,
  )
  display = await startDisplay()
})
afterAll(async () => {
  await display?.stop()
  await tls?.stop()
  await pages?.stop()
  await collector?.stop()
})

/** Days that each cookie in a file of Netscape's form has left. */
function daysLeft(file: string): Record<string, number> {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const rows = text.split('\n').map((line) => line.split('\t'))
  const days = (row: string[]) => (Number(row[4]) - Date.now() / 1_000) / 86_400
  return Object.fromEntries(rows.filter((row) => row[5]).map((row) => [row[5], days(row)]))
}

/** Tracking prevention needs a moment to start: the page loads the script once a cookie of its own is capped. */
const page = (signal: string, attributes: string) => `<!doctype html><title>Landing</title><script>
  const timer = setInterval(async () => {
    document.cookie = 'probe=1; Max-Age=2592000; Path=/'
    if (!(await fetch('${signal}')).ok) return
    clearInterval(timer)
    const script = document.createElement('script')
    Object.assign(script.dataset, { site: 'example.localhost', ${attributes} })
    script.src = '/t/t.js'
    document.head.append(script)
  }, 250)
</script>`

/** Lands with a click id and waits until its cookie is as expected. */
async function land(name: string, attributes: string, expected: (days: number | undefined) => void) {
  const file = join(temporaryDir(), 'cookies.txt')
  pages.serve(`/${name}`, { html: page(`/${name}/go`, attributes) })
  const landing = `https://www.example.localhost:${tls.port}/${name}?ttclid=E.C.P.abc`
  const args = ['--enable-itp', `--cookies-file=${file}`, '--ignore-tls-errors', landing]
  const browser = startExternal(findMiniBrowser(), args, { DISPLAY: display.name })
  const patience = { timeout: 30_000, interval: 100 }
  try {
    await vi.waitFor(() => expect(daysLeft(file).probe, browser.log()).toBeLessThan(7.1), patience)
    pages.serve(`/${name}/go`, { html: 'yes' })
    await vi.waitFor(() => expected(daysLeft(file).tagferry_ttclid), patience)
  } finally {
    await browser.stop()
  }
}

it('a click id that only the script has written is gone after 7 days', () =>
  land('alone', `endpoint: '/nowhere'`, (days) => {
    expect(days).toBeGreaterThan(6.9)
    expect(days).toBeLessThanOrEqual(7)
  }))

it('one that the collector has set as well stays for its 30 days', () =>
  land('together', '', (days) => {
    expect(days).toBeGreaterThan(29.9)
    expect(days).toBeLessThanOrEqual(30)
  }))
