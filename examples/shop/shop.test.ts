/** Knows the way through the shop, as a browser without scripts would go it. */
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

interface Seen {
  status: number | undefined
  location: string | undefined
  cookies: string[]
  html: string
}

/** Fetch cannot set the Host header, so node:http does. */
const visit = (
  house: string,
  path: string,
  options: { form?: string; cookie?: string } = {},
): Promise<Seen> =>
  new Promise((resolve, reject) => {
    const { form, cookie } = options
    const headers = {
      host: house === '' ? `127.0.0.1:${port}` : `${house}.example.localhost:${port}`,
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

const at = (house: string, path: string) => `http://${house}.example.localhost:${port}${path}`
const cartOf = ({ cookies }: Seen) =>
  cookies.find((cookie) => cookie.startsWith('cart='))?.split(';')[0] ?? ''

describe('the way through the shop', () => {
  test('the landing page carries the pasted snippet and links to every product', async () => {
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

  test('a product goes into the cart of all hosts, then to checkout, then is thanked for', async () => {
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

  test('what a visitor types cannot end the script it stands in', async () => {
    const form = `email=${encodeURIComponent('</script><script>alert(1)</script>')}`
    const { location = '' } = await visit('checkout', '/checkout', { cookie: 'cart=LH-TUG.1', form })
    const { html } = await visit('checkout', location.replace(at('checkout', ''), ''))
    expect(html).toContain('\\u003cscript>alert(1)')
    expect(html).not.toContain('<script>alert')
  })

  test('changing a line to zero empties the cart', async () => {
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
  ])('%s%s moves to %s with its query', async (from, path, to) => {
    expect(await visit(from, path)).toMatchObject({ status: 302, location: at(to, path) })
  })

  test('checkout with nothing in the cart goes back to the cart', async () => {
    expect(await visit('checkout', '/checkout')).toMatchObject({ status: 303, location: at('shop', '/cart') })
  })

  test.each([
    ['www', '/products/submarine'],
    ['checkout', '/thanks?order=LH-0'],
    ['www', '/nowhere'],
  ])('%s%s is 404 with a page', async (house, path) => {
    const { status, html } = await visit(house, path)
    expect(status).toBe(404)
    expect(html).toContain('Nothing is moored here')
  })
})

test('every static file of a page is there', async () => {
  const { html } = await visit('www', '/')
  const paths = [...html.matchAll(/"(\/static\/[^"]+)"/g)].map(([, path]) => path ?? '')
  expect(paths.length).toBeGreaterThan(3)
  for (const path of paths) expect((await visit('www', path)).status).toBe(200)
})

test('?visitor= chooses the pretended address for all hosts and forgets it again', async () => {
  const [chosen] = (await visit('www', '/?visitor=198.51.100.9')).cookies
  expect(chosen).toMatch(/^visitor=198\.51\.100\.9; Domain=example\.localhost/)
  expect((await visit('www', '/?visitor=nonsense')).cookies).toEqual([])
  expect((await visit('www', '/?visitor=')).cookies[0]).toContain('Expires=Thu, 01 Jan 1970')
})
