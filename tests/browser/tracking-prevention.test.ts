// Tests why the collector sets the click id cookie: WebKit's tracking prevention limits cookies of scripts to 7 days.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, it } from 'vitest'
import { type ReverseProxy, startCaddy } from '../support/caddy.js'
import { type Collector, startCollector } from '../support/collector.js'
import { type Display, startDisplay } from '../support/display.js'
import { startExternal } from '../support/external-program.js'
import { type PageServer, servePages } from '../support/page-server.js'
import { temporaryDir } from '../support/temporary.js'
import { waitFor } from '../support/wait.js'
import { findMiniBrowser } from '../support/webkit.js'

const site = { domain: 'example.localhost', pixelCode: 'CHRTV0567FRME7OQ5DI0', accessToken: 'token-1' }

let collector: Collector
let pages: PageServer
let tls: ReverseProxy
let display: Display
beforeAll(async () => {
  // Nothing listens at the address of TikTok, because delivery does not matter here.
  const env = { TAGFERRY_SITES: JSON.stringify([site]), TAGFERRY_TIKTOK_URL: 'http://127.0.0.1:9' }
  collector = await startCollector({ env })
  pages = await servePages(collector.origin, '203.0.113.7')
  // WebKit refuses Secure cookies over plain HTTP, even from 127.0.0.1.
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

/** Days until each cookie in a file of the Netscape format expires. */
function daysLeft(file: string): Record<string, number> {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const rows = text.split('\n').map((line) => line.split('\t'))
  const days = (row: string[]) => (Number(row[4]) - Date.now() / 1_000) / 86_400
  return Object.fromEntries(rows.filter((row) => row[5]).map((row) => [row[5], days(row)]))
}

/** Tracking prevention takes a while to start. The page loads the script once a cookie of its own is limited. */
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

/** Opens a landing page with a click id, and waits until its cookie has a number of days left. */
async function land(name: string, attributes: string, days: { above: number; atMost: number }) {
  const file = join(temporaryDir(), 'cookies.txt')
  pages.serve(`/${name}`, { html: page(`/${name}/go`, attributes) })
  const landing = `https://www.example.localhost:${tls.port}/${name}?ttclid=E.C.P.abc`
  const args = ['--enable-itp', `--cookies-file=${file}`, '--ignore-tls-errors', landing]
  const browser = startExternal(findMiniBrowser(), args, { DISPLAY: display.name })
  try {
    await waitFor('the start of tracking prevention', () => (daysLeft(file).probe ?? 30) < 7.1)
    pages.serve(`/${name}/go`, { html: 'yes' })
    await waitFor(`a cookie of ${days.atMost} days`, () => {
      const left = daysLeft(file).tagferry_ttclid ?? 0
      return left > days.above && left <= days.atMost
    })
  } finally {
    await browser.stop()
  }
}

it('a click id cookie that only the script has set expires after 7 days', () =>
  land('script-only', `endpoint: '/nowhere'`, { above: 6.9, atMost: 7 }))

it('a click id cookie that the collector has set expires after 30 days', () =>
  land('collector', '', { above: 29.9, atMost: 30 }))
