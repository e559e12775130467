// Makes broken requests for fuzz tests: a valid one with other values, keys, bytes or headers.
import fc from 'fast-check'

const valid = () => ({
  site: 'shop.example',
  site_key: 'key-of-shop.example',
  events: [
    {
      event: 'Purchase',
      event_time: 1_795_400_000,
      user: {
        email: ['jane@example.com', 'b@example.com'],
        phone: '+1 415 555 1234',
        external_id: 42,
        first_name: 'Jane',
        city: 'San Jose',
        state: 'CA',
        country: 'US',
        zip_code: '95110',
        ttclid: 'E.C.P.abc',
        locale: 'en_US',
      },
      page: {
        url: 'https://shop.example/thanks?ttclid=E.C.P.abc&q=1#top',
        referrer: 'https://shop.example/cart',
      },
      properties: {
        value: '49.90',
        currency: 'usd',
        contents: [{ content_id: 'sku-1', quantity: 1, price: 49.9, extra: [1] }],
        content_ids: ['a', 2],
        query: 'shoes',
        custom: { a: { b: 'c' } },
      },
      privacy: {
        gpc: false,
        usp: '1YNN',
        gpp: 'DBAB',
        gpp_sid: [8],
        consent: 'granted',
        limited_data_use: false,
      },
    },
    { event: 'CompletePayment' },
  ],
  sent_at: 1_795_400_001_234,
})

const oddText = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '\0',
    '\ud800',
    '\udc00x',
    '__proto__',
    'constructor',
    '%',
    '%E0%A4%A',
    '?ttclid=%',
    'null',
  ),
  fc.constantFrom(
    'https://',
    'https://[',
    'http://a@b@c/?#?#',
    '+',
    '+0',
    '00',
    '(+',
    '‮',
    '﷽',
    '-0',
    '1e999',
    'NaN',
  ),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.webUrl({ withQueryParameters: true, withFragments: true }),
  fc.emailAddress(),
  fc.string({ maxLength: 12 }).map((text) => text.repeat(900)),
)
const odd = fc.oneof(
  oddText,
  fc.double(),
  fc.maxSafeInteger(),
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    [],
    {},
    [null],
    [[]],
    -0,
    0,
    -1,
    1e21,
    9e15,
    1.5,
    253_402_300_799_000,
  ),
  fc.array(oddText, { maxLength: 4 }),
  fc.jsonValue({ maxDepth: 6 }),
)
const mutation = fc.record({
  how: fc.constantFrom('set', 'set', 'set', 'set', 'remove', 'rename', 'repeat', 'wrap'),
  where: fc.nat(1_000),
  value: odd,
  key: oddText,
})

type Node = Record<string, unknown>

/** Every key in a body, the deepest last. */
function places(node: Node): { node: Node; name: string }[] {
  return Object.keys(node).flatMap((name) => {
    const inner = node[name]
    return [{ node, name }, ...(typeof inner === 'object' && inner !== null ? places(inner as Node) : [])]
  })
}

function mutate(
  body: Node,
  { how, where, value, key }: typeof mutation extends fc.Arbitrary<infer T> ? T : never,
) {
  const all = places(body)
  const place = all[where % all.length]
  if (!place) return
  const { node, name } = place
  if (how === 'remove') delete node[name]
  else if (how === 'rename') define(node, key, node[name])
  else if (how === 'wrap') define(node, name, [node[name]])
  else if (how === 'repeat') define(node, name, Array(60).fill(node[name]))
  else define(node, name, value)
}

/** Sets a key, even `__proto__`, as JSON.parse does. */
function define(node: Node, key: string, value: unknown) {
  Object.defineProperty(node, key, { value, enumerable: true, configurable: true, writable: true })
}

export const brokenBody = fc
  .tuple(
    fc.array(mutation, { minLength: 1, maxLength: 3 }),
    fc.oneof(
      { weight: 9, arbitrary: fc.constant(undefined) },
      {
        weight: 1,
        arbitrary: fc.record({ at: fc.nat(1_400), cut: fc.nat(5), bytes: fc.uint8Array({ maxLength: 4 }) }),
      },
    ),
  )
  .map(([mutations, splice]) => {
    const body = valid()
    for (const change of mutations) mutate(body as unknown as Node, change)
    const bytes = Buffer.from(JSON.stringify(body) ?? '')
    if (!splice) return bytes
    const { at, cut, bytes: inserted } = splice
    return Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at + cut)])
  })

// Printable characters of one byte, because Node's HTTP client refuses to send others.
const latin = fc
  .oneof(fc.integer({ min: 0x20, max: 0x7e }), fc.integer({ min: 0xa0, max: 0xff }))
  .map((code) => String.fromCharCode(code))
const oddHeader = fc.oneof(
  fc.string({
    unit: latin,
    maxLength: 40,
  }),
  fc.webUrl({ withQueryParameters: true }),
  fc.constantFrom(
    'null',
    '~',
    'tagferry_ttclid=',
    'tagferry_ttclid=a~x',
    'tagferry_ttclid=a~-1;ttclid',
    '=;=;=',
    '; ;',
  ),
  fc.constantFrom(
    'tagferry_ttclid=a~9e99',
    '[::1',
    'http://[',
    't.shop.example:99999',
    '1.2.3.4, 5',
    '::ffff:1.2.3.4',
  ),
)
export const oddHeaders = fc.dictionary(
  fc.constantFrom(
    'cookie',
    'referer',
    'origin',
    'host',
    'user-agent',
    'sec-gpc',
    'x-forwarded-for',
    'forwarded',
  ),
  oddHeader,
  { minKeys: 1 },
)
