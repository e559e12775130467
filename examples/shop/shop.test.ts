/** Walks through the shop by HTTP, as a browser without scripts does. */
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createShop } from './shop.js'

const shop = createShop({
  collectorOrigin: 'http://127.0.0.1:9',
  inspectorUrl: 'http://127.0.0.1:9/inspector',
})
let port = 0
beforeAll(async () => {
  port = await shop.listen()
})
afterAll(() => shop.close())

interface Visited {
  status: number | undefined
  location: string | undefined
  cookies: string[]
  html: string
}

/** Fetch cannot set the Host header, so node:http does. */
const visit = (
  subdomain: string,
  path: string,
  options: { form?: string; cookie?: string } = {},
): Promise<Visited> =>
  new Promise((resolve, reject) => {
    const { form, cookie } = options
    const headers = {
      host: subdomain === '' ? `127.0.0.1:${port}` : `${subdomain}.example.localhost:${port}`,
      ...(cookie && { cookie }),
      ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
    }
    const sending = request(
      { host: '127.0.0.1', port, path, method: form ? 'POST' : 'GET', headers },
      async (answer) => {
        const { location, 'set-cookie': cookies = [] } = answer.headers
        resolve({
          status: answer.statusCode,
          location,
          cookies,
          html: Buffer.concat(await answer.toArray()).toString(),
        })
      },
    )
    sending.on('error', reject)
    sending.end(form)
  })

const at = (subdomain: string, path: string) => `http://${subdomain}.example.localhost:${port}${path}`
const cartOf = ({ cookies }: Visited) =>
  cookies.find((cookie) => cookie.startsWith('cart='))?.split(';')[0] ?? ''

describe('the shop', () => {
  test('the landing page has the install snippet and links to every product', async () => {
    const { status, html } = await visit('www', '/?ttclid=E.C.P.abc')
    expect(status).toBe(200)
    expect(html).toContain('<script async src="/t/t.js" data-site="example.localhost"></script>')
    expect(html.match(/data-testid="product-/g)).toHaveLength(6)
    expect(html).toContain('data-testid="what-should-happen"')
    expect(html).toContain('href="http://127.0.0.1:9/inspector"')
  })

  test('no page has an inline event handler', async () => {
    const cookie = 'cart=LH-TUG.1'
    const pages = [visit('www', '/'), visit('www', '/products/tug-marta'), visit('shop', '/cart', { cookie })]
    for (const { html } of await Promise.all(pages)) expect(html).not.toMatch(/<[^>]+\son\w+=/)
  })

  test('a product is added to the cart on all hosts, checked out, and confirmed', async () => {
    const added = await visit('shop', '/cart/add', { form: 'id=LH-TUG&quantity=2' })
    expect(added).toMatchObject({ status: 303, location: at('shop', '/cart') })
    expect(added.cookies[0]).toContain('Domain=example.localhost')
    const cookie = cartOf(added)

    expect((await visit('shop', '/cart', { cookie })).html).toContain('$64.00')
    expect((await visit('www', '/', { cookie })).html).toMatch(/data-testid="cart-count">2</)
    expect((await visit('checkout', '/checkout', { cookie })).html).toContain(
      "tagferry.track('InitiateCheckout', order)",
    )

    const ordered = await visit('checkout', '/checkout', {
      cookie,
      form: 'email=jane%40example.com&phone=%2B14155551234',
    })
    expect(ordered.status).toBe(303)
    expect(cartOf(ordered)).toBe('cart=')
    const path = ordered.location?.replace(at('checkout', ''), '') ?? ''
    const { html } = await visit('checkout', path)
    expect(html).toContain("tagferry.track('Purchase'")
    expect(html).toContain('"value": 64')
    expect(html).toContain(`"order_id": "${path.split('=')[1]}"`)
    expect(html).toContain('"email": "jane@example.com"')
  })

  test('input of a visitor cannot end the inline script that contains it', async () => {
    const form = `email=${encodeURIComponent('</script><script>alert(1)</script>')}`
    const { location = '' } = await visit('checkout', '/checkout', { cookie: 'cart=LH-TUG.1', form })
    const { html } = await visit('checkout', location.replace(at('checkout', ''), ''))
    expect(html).toContain('\\u003cscript>alert(1)')
    expect(html).not.toContain('<script>alert')
  })

  test('changing a quantity to zero empties the cart', async () => {
    const changed = await visit('shop', '/cart/change', {
      form: 'id=LH-TUG&quantity=0',
      cookie: 'cart=LH-TUG.1',
    })
    expect(cartOf(changed)).toBe('cart=')
    expect((await visit('shop', '/cart')).html).toContain('data-testid="cart-empty"')
  })
})

describe('the hosts', () => {
  test.each([
    ['', '/?ttclid=E.C.P.abc', 'www'],
    ['checkout', '/', 'www'],
    ['shop', '/products/tug-marta?a=b', 'www'],
    ['www', '/cart', 'shop'],
    ['shop', '/checkout', 'checkout'],
    ['www', '/thanks?order=x', 'checkout'],
  ])('%s%s redirects to %s with its query', async (from, path, to) => {
    expect(await visit(from, path)).toMatchObject({ status: 302, location: at(to, path) })
  })

  test('checkout with an empty cart redirects to the cart', async () => {
    expect(await visit('checkout', '/checkout')).toMatchObject({ status: 303, location: at('shop', '/cart') })
  })

  test.each([
    ['www', '/products/submarine'],
    ['checkout', '/thanks?order=LH-0'],
    ['www', '/nowhere'],
  ])('%s%s is 404 with a page', async (subdomain, path) => {
    const { status, html } = await visit(subdomain, path)
    expect(status).toBe(404)
    expect(html).toContain('Nothing is moored here')
  })
})

test.each(['/', '/form', '/spa/', '/spa/hash.html'])('every static file of %s exists', async (page) => {
  const { html } = await visit('www', page)
  const paths = [...html.matchAll(/"(\/static\/[^"]+)"/g)].map(([, path]) => path ?? '')
  expect(paths.length).toBeGreaterThan(2)
  for (const path of paths) expect((await visit('www', path)).status, path).toBe(200)
})

test('?visitor= sets the simulated address on all hosts, and an empty value removes it', async () => {
  const [chosen] = (await visit('www', '/?visitor=198.51.100.9')).cookies
  expect(chosen).toMatch(/^visitor=198\.51\.100\.9; Domain=example\.localhost/)
  expect((await visit('www', '/?visitor=nonsense')).cookies).toEqual([])
  expect((await visit('www', '/?visitor=')).cookies[0]).toContain('Expires=Thu, 01 Jan 1970')
})
