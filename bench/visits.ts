// Visits a page with one script in a new browser context, and traces it at a quarter of the processor speed.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser } from 'playwright-core'
import { launchChromium } from '../tests/support/chromium.js'
import type { Peer } from './snippet-peers.js'
import { type Cost, readTrace } from './trace.js'

const slowdown = 4
const categories = ['devtools.timeline', 'disabled-by-default-devtools.timeline', 'toplevel', 'v8']
/** Long enough for delayed work (idle callbacks, timers of 300 ms) at the reduced speed. */
const watchMs = 2_000

export interface Visits {
  /** Returns the cost of the script, and how many events it sent. */
  visit(peer: Peer): Promise<Cost & { sent: number }>
  stop(): Promise<void>
}

const page = ({ before, attributes }: Peer) => `<!doctype html><html lang="en"><head><title>Page</title>
  ${before && `<script>${before}</script>`}
  <script async src="/script.js" ${attributes}></script></head>
  <body><h1>Page</h1><p>A page without script of its own.</p></body></html>`

export async function startVisits(): Promise<Visits> {
  let peer: Peer
  let sent = 0
  let visits = 0
  const server = createServer((request, response) => {
    request.resume()
    const type = (name: string) => response.setHeader('Content-Type', name)
    if (request.method === 'POST') {
      sent++
      type('application/json')
      return response.end('{"accepted":1,"duplicates":0,"skipped":[],"ids":[]}')
    }
    if (request.url === '/script.js') {
      type('text/javascript')
      // Each visit has a different source, so that the code cache of the browser cannot help.
      return response.end(`${peer.script}\n;${peer.start}\n// ${visits}`)
    }
    if (request.url?.startsWith('/?')) {
      type('text/html')
      return response.end(page(peer))
    }
    response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://www.example.localhost:${(server.address() as AddressInfo).port}`
  // Some scripts ignore browsers that report automation.
  const browser = await launchChromium({ args: ['--disable-blink-features=AutomationControlled'] })
  return {
    async visit(next) {
      peer = next
      sent = 0
      visits++
      const cost = await trace(browser, `${origin}/?${peer.query}`, `${origin}/script.js`)
      return { ...cost, sent }
    },
    async stop() {
      await browser.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function trace(browser: Browser, url: string, script: string): Promise<Cost> {
  const userAgent = `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${browser.version()} Safari/537.36`
  const context = await browser.newContext({ userAgent })
  const tab = await context.newPage()
  const devtools = await context.newCDPSession(tab)
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: slowdown })
  await browser.startTracing(tab, { categories })
  await tab.goto(url)
  await tab.waitForTimeout(watchMs)
  const json = await browser.stopTracing()
  await context.close()
  return readTrace(json, script)
}
