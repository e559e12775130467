// Tests the page check of Install: findings on a page of the site, unreachable pages, and hosts that are never fetched.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { type Dashboard, postForm, startDashboard } from '../support/dashboard.js'
import { close, listen } from '../support/port.js'

const path = '/admin/install?site=shop.localhost'
const tag = '<script async src="/t/t.js" data-site="shop.localhost"></script>'
const document = (head: string, body = '') =>
  `<!doctype html><html><head>${head}</head><body>${body}</body></html>`

let dashboard: Dashboard
const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  await dashboard?.stop()
  await Promise.all(closers.splice(0).map((closeShop) => closeShop()))
})

type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** A shop on this machine, with the URLs that were requested. */
async function startShop(answer: Answer) {
  const requested: string[] = []
  const server = createServer((request, response) => {
    requested.push(String(request.url))
    answer(request, response)
  })
  const port = await listen(server)
  closers.push(() => close(server))
  return { requested, port, url: `http://shop.localhost:${port}/` }
}

const html =
  (text: string): Answer =>
  (_request, response) =>
    void response.end(text)

async function startWith(siteCheck?: string): Promise<void> {
  dashboard = await startDashboard(siteCheck === undefined ? {} : { TAGFERRY_SITE_CHECK: siteCheck })
  await dashboard.submitAndFollow('/admin/domains', 'add', { domain: 'shop.localhost' })
}
const check = (url: string) => dashboard.submitAndFollow(path, 'check', { url })
const codes = (text: string) => [...text.matchAll(/data-code="([a-z_]+)"/g)].map(([, code]) => code)

describe('check from the server', () => {
  it('is off until the operator allows it', async () => {
    const shop = await startShop(html(document(tag)))
    await startWith()
    const { text } = await dashboard.get(path)
    expect(text).toContain('TAGFERRY_SITE_CHECK=public')
    expect(text).not.toContain('value="check"')
    expect((await dashboard.submit(path, 'check', { url: shop.url })).status).toBe(422)
    expect(shop.requested).toEqual([])
  })

  it('reports that nothing was found, with the time of the check', async () => {
    const shop = await startShop(html(document(tag)))
    await startWith('local')
    expect((await dashboard.get(path)).text).toContain('value="https://shop.localhost/"')
    const { text } = await check(shop.url)
    expect(text).toContain('Checked: nothing found.')
    expect(codes(text)).toEqual([])
    const again = (await dashboard.get(path)).text
    expect(again).toMatch(/Nothing found[\s\S]+Checked <time/)
    expect(again).toContain(`value="${shop.url}"`)
  })

  it('shows each finding with the text of the registry, escaped', async () => {
    const wrong = tag.replace('"shop.localhost"', '"&lt;b&gt;other"')
    const shop = await startShop((_request, response) =>
      response.setHeader('content-security-policy', "script-src 'none'").end(document('', wrong + wrong)),
    )
    await startWith('local')
    const { text } = await check(shop.url)
    expect(text).toContain('Checked: 4 findings, see below.')
    expect(codes(text)).toEqual([
      'snippet_in_body',
      'snippet_twice',
      'site_key_mismatch',
      'csp_blocks_script',
    ])
    expect(text).toContain('The script stands in the body')
    expect(text).toContain('Move it into the head, before &lt;/head>.')
    expect(text).not.toContain('<b>other')
    expect(text).not.toContain('&lt;b>other<')
  })

  it('reports a cached page that differs from the current one', async () => {
    const shop = await startShop(({ url }, response) =>
      response.end(document(url?.includes('tagferry_check=') ? tag : '')),
    )
    await startWith('local')
    const { text } = await check(shop.url)
    expect(codes(text)).toEqual(['cache_stale'])
    expect(text).toContain('a cache still has the page with snippet_missing')
    expect(shop.requested).toHaveLength(2)
  })

  it('says why a page was not reached: no server, an error, no answer in time', async () => {
    await startWith('local')
    const gone = await check('http://shop.localhost:9/')
    expect(gone.text).toContain('The page was not reached')
    expect(gone.text).toMatch(/Not reached[\s\S]+could not be fetched: connect ECONNREFUSED/)
    const hidden = await startShop((_request, response) => void response.writeHead(401).end())
    expect((await check(hidden.url)).text).toContain('answered 401')
    const silent = await startShop(() => {})
    expect((await check(silent.url)).text).toContain('no answer within 5 s')
    const drip = await startShop((_request, response) => {
      const timer = setInterval(() => response.write(' '), 100)
      response.on('close', () => clearInterval(timer))
    })
    expect((await check(drip.url)).text).toContain('no answer within 5 s')
  }, 60_000)

  it('reads only the start of an endless page', async () => {
    let written = 0
    const shop = await startShop((_request, response) => {
      response.write(document(tag))
      const chunk = ' '.repeat(65_536)
      const more = () => {
        while (!response.destroyed && written < 500_000_000) {
          written += chunk.length
          if (!response.write(chunk)) return void response.once('drain', more)
        }
      }
      more()
    })
    await startWith('local')
    expect((await check(shop.url)).text).toContain('Checked: nothing found.')
    expect(written).toBeLessThan(50_000_000)
  })

  it('fetches no page of another host, not even by a redirect', async () => {
    const inner = await startShop(html(document('secret')))
    const shop = await startShop((_request, response) =>
      response.writeHead(302, { location: `http://127.0.0.1:${inner.port}/` }).end(),
    )
    await startWith('local')
    const others = [
      'http://evil.example/',
      `http://127.0.0.1:${inner.port}/`,
      `http://other.localhost:${inner.port}/`,
      `http://shop.localhost.evil.localhost:${inner.port}/`,
      `http://evilshop.localhost:${inner.port}/`,
      `http://other.localhost:${inner.port}/?shop.localhost`,
      `http://[::1]:${inner.port}/`,
      `http://2130706433:${inner.port}/`,
      shop.url,
    ]
    for (const url of others)
      expect((await check(url)).text, url).toContain('it is no page of shop.localhost')
    expect((await check('file:///etc/passwd')).text).toContain('only http and https are')
    expect(inner.requested).toEqual([])
    for (const url of ['', 'shop.localhost', `http://me:secret@shop.localhost:${inner.port}/`]) {
      const { status, text } = await dashboard.submit(path, 'check', { url })
      expect(status, url).toBe(422)
      expect(text).toMatch(/id="check-url-problem" role="alert"/)
    }
    expect(inner.requested).toEqual([])
  })

  it('fetches nothing from private addresses if only public ones are allowed', async () => {
    const shop = await startShop(html(document(tag)))
    await startWith('public')
    expect((await check(shop.url)).text).toContain('only the usual ports are asked')
    expect((await check('http://shop.localhost/')).text).toContain('it is at a private address')
    for (const domain of ['127.0.0.1', '10.0.0.1', '169.254.169.254', '0.0.0.0']) {
      await dashboard.submitAndFollow('/admin/domains', 'add', { domain })
      const { text } = await dashboard.submitAndFollow(`/admin/install?site=${domain}`, 'check', {
        url: `http://${domain}/`,
      })
      expect(text, domain).toContain('it is at a private address')
    }
    expect(shop.requested).toEqual([])
  })

  it('does nothing for a form without the token of the session', async () => {
    const shop = await startShop(html(document(tag)))
    await startWith('local')
    const fields = { action: 'check', url: shop.url, csrf: 'x'.repeat(43) }
    expect((await postForm(dashboard.origin, path, fields, { cookie: dashboard.cookie })).status).toBe(403)
    expect(shop.requested).toEqual([])
  })
})
