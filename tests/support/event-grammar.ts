// Generates plausible events: fields that are present or absent, of the right or a slightly wrong type and form.
import fc from 'fast-check'

const texts = (...values: string[]) => fc.constantFrom(...values)
const placeholder = texts(
  'undefined',
  'null',
  'NaN',
  '[object Object]',
  '{{ product.id }}',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the text of a template that was not rendered
  '${order.id}',
  'none',
)
const blank = fc.constantFrom('', ' ', null)
const wrongType = fc.constantFrom<unknown>(true, 7, 0.5, [], {}, ['a'], { a: 1 }, 'yes', 2 ** 53)

/** Right values mostly, else blank ones, placeholders and values of a wrong type. */
const mostly = (...right: fc.Arbitrary<unknown>[]): fc.Arbitrary<unknown> =>
  fc.oneof(
    ...right.map((arbitrary) => ({ arbitrary, weight: 12 / right.length })),
    { arbitrary: blank, weight: 1 },
    { arbitrary: placeholder, weight: 1 },
    { arbitrary: wrongType, weight: 1 },
  )

const digits = (length: number) => fc.stringMatching(new RegExp(`^\\d{${length}}$`))
const id = fc.oneof(
  fc.uuid(),
  digits(8),
  digits(13),
  digits(14),
  fc.integer({ min: 1, max: 10_000 }).map((number) => String(number).padStart(12, '0')),
  fc.integer({ min: 1, max: 1e12 }),
  fc.integer({ min: 1, max: 1e9 }).map((number) => `gid://shopify/Order/${number}`),
  fc.stringMatching(/^[A-Z]{2}-\d{1,6}$/),
)

const email = texts(
  'jane@example.com',
  ' Jane.Doe@Example.COM ',
  '\u200bjane@example.com',
  'mailto:jane@example.com',
  '<jane@example.com>',
  'jane@example.com,',
  'jane@@example.com',
  'not an address',
  'a'.repeat(64),
)
const phone = texts(
  '+1 415 555 2671',
  '(415) 555-2671',
  '0171/2345678',
  '388 740 3368',
  'tel:+14155552671',
  '\u202a+14155552671\u202c',
  '000-000-0000',
  '+',
  'call me',
)
const country = texts('US', 'de', 'GB', 'IT', 'USA', 'United States', 'Deutschland', 'XX')
const listOf = (one: fc.Arbitrary<unknown>) => fc.oneof(one, fc.array(one, { maxLength: 3 }))

const record = (fields: Record<string, fc.Arbitrary<unknown>>, requiredKeys: string[] = []) =>
  fc.record(fields, { requiredKeys })

const user = record({
  email: mostly(listOf(email)),
  phone: mostly(listOf(phone)),
  external_id: mostly(listOf(texts('u-42', '0', '-1', '000', 'Jane'))),
  first_name: mostly(texts('Jane', "O'Neil", 'ÉLODIE', '\u200bJane', '!!!')),
  last_name: mostly(texts('Doe', 'van der Berg')),
  city: mostly(texts('San Jose', 'Köln', '12345')),
  state: mostly(texts('CA', 'California', 'Bavaria')),
  country: mostly(country),
  zip_code: mostly(texts('95110-1234', 'SW1A 1AA', '—')),
  ttclid: mostly(texts('E.C.P.abc', 'E.C.P.abc~1795400000000', 'has space', '__CLICKID__')),
  ttp: mostly(texts('01HZXW2Q4Q', 'a b')),
  locale: mostly(texts('en-US', 'de_DE', 'english (us)')),
  ip: mostly(texts('81.2.69.160', '10.0.0.1', '81.2.69.160, 10.0.0.1', '2001:db8::1', 'localhost')),
  user_agent: mostly(texts('Mozilla/5.0 (iPhone) Safari/604.1')),
  e_mail: texts('jane@example.com'),
})

const amount = fc.oneof(
  fc.double({ min: 0, max: 1e6, noNaN: true }).map((value) => Math.round(value * 100) / 100),
  texts('49.90', ' 5 ', '1,234.50', '49,90 €', 'free'),
  fc.constantFrom(49.900000000000006, -5, 1e21),
)
const quantity = fc.oneof(fc.integer({ min: 0, max: 99 }), texts('2', '2.0', 'two'), fc.constant(0.5))
const item = record({
  content_id: mostly(id),
  item_id: mostly(id),
  sku: mostly(id),
  content_name: mostly(texts('Shoe', 'Café 8')),
  price: mostly(amount),
  quantity: mostly(quantity),
  content_category: mostly(texts('Shoes')),
  brand: mostly(texts('Acme')),
  colour: texts('red'),
})
const properties = record({
  value: mostly(amount),
  currency: mostly(texts('USD', 'eur', 'US Dollar', '€')),
  order_id: mostly(id),
  shop_id: mostly(id),
  content_type: mostly(texts('product', 'product_group', 'sku')),
  content_ids: mostly(fc.array(id, { maxLength: 4 })),
  contents: mostly(fc.array(fc.oneof(item, blank, wrongType), { maxLength: 5 }), item),
  num_items: mostly(quantity),
  search_string: mostly(texts('red shoes', 'part 001-234-567-8900')),
  description: mostly(texts('A shoe', 'x'.repeat(9_000))),
  customer_email: texts('jane@example.com'),
  billing_phone: texts('4155552671'),
  customer: record({ email, phone, id: texts('7'), first_name: texts('Jane') }),
  notes: fc.jsonValue({ maxDepth: 3 }),
})

const url = texts(
  'https://shop.example/',
  'https://www.shop.example/p/1?utm_source=tiktok&ttclid=E.C.P.url',
  'https://shop.example/checkout/order-received/1001/?key=wc_order_AbC123dEf456G',
  '/products/1?ttclid=E.C.P.url',
  'www.shop.example/thanks',
  'about:blank',
  'javascript:alert(1)',
  'C:\\shop\\index.html',
)
const flag = fc.constantFrom<unknown>(true, false, 'true', 1, null)
const privacy = record({
  gpc: flag,
  opt_out: flag,
  limited_data_use: flag,
  // A denial would also end other events of the same person that still wait.
  consent: fc.constantFrom<unknown>('granted', 'Granted', 'yes', true),
  usp: fc.constantFrom<unknown>('1YNN', '1YYN', 'nonsense', 5),
  gpp: fc.constantFrom<unknown>('DBAA', '', 5),
  gpp_sid: fc.constantFrom<unknown>([8], ['8'], 8),
  gdpr: fc.constant(true),
})

const now = () => Math.floor(Date.now() / 1_000)
const time = fc
  .nat({ max: 86_400 })
  .chain((age) =>
    fc.constantFrom<unknown>(
      now() - age,
      (now() - age) * 1_000,
      (now() - age) * 1_000_000,
      String(now() - age),
      new Date((now() - age) * 1_000).toISOString(),
      '2026-11-30T10:00:00',
      'yesterday',
      now() + 86_400,
    ),
  )

const usableName = texts(
  'Purchase',
  'CompletePayment',
  'ViewContent',
  'AddToCart',
  'Lead',
  'My event',
  ' Search ',
)
const unusableName = fc.constantFrom<unknown>('', ' ', 'x'.repeat(101), 'jane@example.com', 5, null, {})

/** An event as a sender may write it. `event` is usable in nearly all of them. */
export const plausibleEvent = record(
  {
    event: fc.oneof({ arbitrary: usableName, weight: 40 }, { arbitrary: unusableName, weight: 1 }),
    event_id: mostly(id),
    event_time: mostly(time),
    user: mostly(user),
    page: mostly(record({ url: mostly(url), referrer: mostly(url) })),
    properties: mostly(properties),
    privacy: fc.oneof({ arbitrary: privacy, weight: 4 }, { arbitrary: wrongType, weight: 1 }),
    custom_data: fc.constant({ value: 5 }),
  },
  ['event'],
) as fc.Arbitrary<Record<string, unknown> & { event: unknown }>
