import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ignoreWarnings } from './hashed-event.js'
import { redactProperties } from './redact-properties.js'
import { redactUrl } from './redact-url.js'

describe('a page address', () => {
  it.each([
    ['https://shop.example/?email=jane%40example.com&a=1', 'https://shop.example/?a=1'],
    ['https://shop.example/?q=jane@example.com', 'https://shop.example/'],
    ['https://shop.example/?q=JANE%2540EXAMPLE.COM', 'https://shop.example/'],
    ['https://shop.example/?x=%2B1%20415%20555%201234', 'https://shop.example/'],
    ['https://shop.example/?utm_content=%2B1+415+555+1234', 'https://shop.example/'],
    ['https://shop.example/?x=4155551234', 'https://shop.example/'],
    ['https://shop.example/?phone=1', 'https://shop.example/'],
    ['https://shop.example/?u=amFuZUBleGFtcGxlLmNvbQ==', 'https://shop.example/'],
    ['https://shop.example/?u=amFuZUBleGFtcGxlLmNvbQ', 'https://shop.example/'],
    ['https://shop.example/?customer[email]=x', 'https://shop.example/'],
    ['https://shop.example/?access_token=abc', 'https://shop.example/'],
    [
      'https://shop.example/?customer=Otto+Plain&user=guest+user&client=safari',
      'https://shop.example/?user=guest+user&client=safari',
    ],
    ['https://shop.example/?pr%C3%A9nom=Otto&user_agent=x&Name=Otto&a=1', 'https://shop.example/?a=1'],
    ['https://shop.example/?t=eyJhbGciOi.eyJzdWIi.sig', 'https://shop.example/'],
    ['https://shop.example/?t=0123456789abcdef0123456789abcdef', 'https://shop.example/'],
    ['https://shop.example/#access_token=abc&state=1', 'https://shop.example/#state=1'],
    ['https://shop.example/#/reset?email=a@b.example', 'https://shop.example/#/reset'],
    ['https://shop.example/users/jane%2540example.com/orders', 'https://shop.example/users//orders'],
    ['https://shop.example/?q=J%E4ne+jane%40example.com&a=1', 'https://shop.example/?a=1'],
    ['https://shop.example/jane%2540example.com%?a=1', 'https://shop.example/?a=1'],
    ['https://shop.example/#+14155551234?a=1', 'https://shop.example/#?a=1'],
    ['https://jane:secret@shop.example/a', 'https://shop.example/a'],
    ['https://shop.example/users/jane@example.com/orders', 'https://shop.example/users//orders'],
    ['https://shop.example/users/jane@example.com\n/orders', 'https://shop.example/users//orders'],
    ['https://jane:secret@shop.example/a\nb', 'https://shop.example/a\nb'],
    ['https://a@b@shop.example', 'https://shop.example'],
  ])('%s is stored as %s', (url, expected) => expect(redactUrl(url)).toBe(expected))

  it.each([
    'https://shop.example/?ttclid=E.C.P.abcdefghijklmnopqrstuvwxyz0123456789&utm_source=tiktok&utm_campaign=1234567890123',
    'https://shop.example/p?variant=40123456789012&color=red#reviews',
    'https://shop.example/thanks?order_id=1001',
    'http://127.0.0.1:8080/a/b?x=1&y=&z',
    'https://shop.example',
  ])('%s stays as it is', (url) => expect(redactUrl(url)).toBe(url))

  it.each([
    ...['key=wc_order_AbC123dEf456G', 'order_key=abc', 'code=abc', 'hash=abc', 'login=jane', 'x=wc_order_1'],
    ...[
      'reset_token=abc',
      'rp_key=abc',
      'magic=abc',
      'magic_link=abc',
      'invite=abc',
      'ticket=ST-1',
      'nonce=abc',
    ],
    ...[
      'session_id=cs_test_1',
      'accessToken=abc',
      'Order-Key=abc',
      'authCode=abc',
      'verify_hash=abc',
      'pass=abc',
    ],
    ...['checkout[order_key]=abc', 'browser_ip=203.0.113.1', 'zip=95110', 'dob=2000-01-01'],
  ])('loses the parameter %s on every page, unless the owner keeps it', (parameter) => {
    const url = (rest: string) => `https://shop.example/checkout/order-received/1001/?${rest}`
    expect(redactUrl(url(`a=1&${parameter}&b=2`))).toBe(url('a=1&b=2'))
    expect(redactUrl(`https://shop.example/#/x?${parameter}`)).toBe('https://shop.example/#/x')
    const [key = ''] = parameter.split('=')
    expect(redactUrl(url(parameter), { strip: new Set(), keep: new Set([key.toLowerCase()]) })).toBe(
      url(parameter),
    )
  })

  it.each([
    'discount_code=SUMMER10&coupon_code=X1&postal=1&country_code=US&product_key=1&sort_key=price&hashtag=x',
    'order_id=000000001001&order=1001&orderNumber=12345678901&sku=00012345678905&variant=40123456789012',
    'utm_id=1807012345678901&utm_content=key&ttclid=E.C.P.abcdefghijklmnopqrstuvwxyz0123456789',
    'state=CA&city=san-jose&keyword=shoes&passenger=2&author=jane',
  ])('keeps the parameters %s', (query) => {
    expect(redactUrl(`https://shop.example/p?${query}`)).toBe(`https://shop.example/p?${query}`)
  })

  it.each([
    ['/12345678/orders/0123456789abcdef0123456789abcdef', '/12345678/orders/'],
    ['/orders/0123456789abcdef0123456789abcdef/authenticate', '/orders//authenticate'],
    ['/checkouts/cn/Z2NwLXVzLWVhc3QxOjAxSjRYV0pRQ1RZ/thank-you', '/checkouts/cn//thank-you'],
    ['/order-status/550e8400-e29b-41d4-a716-446655440000', '/order-status/'],
    ['/account/reset/5551234567890/a1b2c3d4e5f6a7b8c9d0-1699999999', '/account/reset/5551234567890/'],
    ['/account/activate/5551234567890/a1b2c3d4e5f6a7b8c9d0', '/account/activate/5551234567890/'],
    ['/verify/aGVsbG8gd29ybGQgMTIz', '/verify/'],
    ['/unsubscribe/0123456789abcdef', '/unsubscribe/'],
    ['/Invoice/0123456789ABCDEF.pdf', '/Invoice/'],
    ['/cart;jsessionid=0A1B2C3D4E5F?x=1', '/cart?x=1'],
    ['/#/reset/0123456789abcdef0123', '/#/reset/'],
    ['/#/u/jane@example.com/orders?a=1', '/#/u//orders?a=1'],
  ])('loses the token in the path: %s', (path, expected) => {
    expect(redactUrl(`https://shop.example${path}`)).toBe(`https://shop.example${expected}`)
  })

  it.each([
    ...[
      '/orders/1001',
      '/orders/ORD-2026-000123',
      '/order/SO-20261130-000123',
      '/orders/000000001001234567890',
    ],
    ...['/account/orders/blue-summer-dress-2026', '/checkout/order-received/1001/', '/orders/#1001'],
    ...[
      '/products/0123456789abcdef0123456789abcdef',
      '/p/550e8400-e29b-41d4-a716-446655440000',
      '/checkout/thankyouforyourorder',
    ],
  ])('keeps order numbers, names and ids of products in the path: %s', (path) => {
    expect(redactUrl(`https://shop.example${path}`)).toBe(`https://shop.example${path}`)
  })

  it.each(['', 'about:srcdoc', 'javascript:alert(1)', 'file:///etc/passwd', '/relative', 'https://'])(
    '%j is not a page address',
    (url) => expect(redactUrl(url)).toBeUndefined(),
  )

  it('loses parameters that the owner strips, and keeps those that the owner keeps, but never an e-mail address', () => {
    const lists = { strip: new Set(['coupon']), keep: new Set(['tid', 'who']) }
    const url = 'https://shop.example/?Coupon=x&tid=4155551234&who=jane%40example.com&a=1#coupon=y'
    expect(redactUrl(url, lists)).toBe('https://shop.example/?tid=4155551234&a=1')
  })

  it('never keeps an e-mail address, wherever in the query it is', () => {
    const part = fc.stringMatching(/^[a-z0-9]{1,8}$/)
    fc.assert(
      fc.property(part, part, fc.constantFrom('@', '%40', '%2540'), fc.boolean(), (key, name, at, hash) => {
        const url = `https://shop.example/p?a=1${hash ? '#' : '&'}${key}=${name}${at}mail.example`
        expect(redactUrl(url)).not.toContain(`${name}${at}mail`)
      }),
    )
  })
})

describe('any address', () => {
  const piece = fc.oneof(
    fc.constantFrom(...'/?#&=@%+;.[] '),
    fc.constantFrom('%40', 'jane@mail.example', 'jane%40mail.example', 'jane%2540mail.example', '%E4'),
    fc.constantFrom(
      'key',
      'email',
      'orders',
      '0123456789abcdef0123',
      '+14155551234',
      '4155551234',
      'wc_order_1',
    ),
    fc.constantFrom('utm_source', 'ttclid', ';jsessionid=', '~1', '..'),
    fc.string({ maxLength: 4 }),
  )

  it('has no e-mail address once it is redacted, and stays the same the second time', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        const redacted = redactUrl(`https://shop.example/${pieces.join('')}`)
        expect(redacted).not.toMatch(/jane(@|%40|%2540)mail/)
        expect(redactUrl(redacted)).toBe(redacted)
      }),
      { seed: 42, numRuns: 2_000 },
    )
  })
})

describe('a hostile text', () => {
  const long = 'a'.repeat(131_072)

  // Quadratic time would be many seconds.
  it.each([
    ['a query', () => redactUrl(`https://shop.example/?q=${long}@`)],
    ['a fragment', () => redactUrl(`https://shop.example/#${long}`)],
    ['base64', () => redactUrl(`https://shop.example/?q=${Buffer.from(long).toString('base64')}`)],
    ['a path of folders', () => redactUrl(`https://shop.example/${'orders/'.repeat(20_000)}${long}`)],
    ['user-info', () => redactUrl(`https://shop.example${'@'.repeat(4_096)}${':'.repeat(4_096)}:/\n`)],
    ['a path', () => redactUrl(`https://shop.example/${long}@/${long}@`)],
    ['a parameter of digits', () => redactUrl(`https://shop.example/?${'1'.repeat(60_000)}=1`)],
    [
      'a key of digits',
      () => redactProperties({ [`a${'1'.repeat(60_000)}`]: '+1 415 555 1234' }, ignoreWarnings),
    ],
    ['JSON', () => redactProperties({ text: `{${'"a" :1,'.repeat(9_000)}` }, ignoreWarnings)],
    ['quotes', () => redactProperties({ text: `{${'"'.repeat(65_000)}` }, ignoreWarnings)],
    ['a name', () => redactProperties({ customer: `${'1'.repeat(65_000)} ` }, ignoreWarnings)],
    [
      'entities',
      () => redactProperties({ text: '&amp;'.repeat(13_000) + '%25'.repeat(20_000) }, ignoreWarnings),
    ],
    ['a property', () => redactProperties({ text: `${long}@` }, ignoreWarnings)],
  ])('is redacted at once: %s', (_, redact) => {
    const began = performance.now()
    redact()
    expect(performance.now() - began).toBeLessThan(1_500)
  })
})

describe('an address that was seen before', () => {
  const address = 'https://shop.example/p?size=42'
  const lists = { strip: new Set<string>(), keep: new Set<string>() }

  it('is given back as it is, and redacted anew under other lists', () => {
    for (let time = 0; time < 2; time++) {
      expect(redactUrl(address, lists)).toBe(address)
      expect(redactUrl(address, { ...lists, strip: new Set(['size']) })).toBe('https://shop.example/p')
    }
  })

  it('is redacted each time if there is something to remove', () => {
    for (let time = 0; time < 2; time++)
      expect(redactUrl(`${address}&email=jane%40example.com`, lists)).toBe(address)
  })
})
