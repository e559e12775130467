import { describe, expect, it } from 'vitest'
import { sha256 } from './hash.js'
import { ignoreWarnings } from './hashed-event.js'
import { containsPersonalData, redactText } from './personal-data.js'
import { isIdKey, isPersonalKey } from './personal-keys.js'
import { redactId, redactProperties } from './redact-properties.js'
import { redactUrl } from './redact-url.js'

const personalKeys = [
  ...['email', 'e-mail', 'EMAIL', 'email_address', 'emails', 'customer_email', 'useremail', 'your-email'],
  ...['phone', 'telephone', 'tel', 'mobile', 'cellphone', 'phone_number', 'phone2', 'mobile_number'],
  ...['customer_phone', 'billing_phone', 'shipping_phone_number', 'contact_tel', 'home_phone'],
  ...['first_name', 'firstname', 'last_name', 'fname', 'lname', 'full_name', 'family_name', 'surname'],
  ...[
    'buyer_name',
    'customer_name',
    'billing_last_name',
    'shipping_first_name',
    'recipient_name',
    'username',
  ],
  ...[
    'cardholder_name',
    'attendee_1_name',
    'attendee2_name',
    'address',
    'address2',
    'address_line_1',
    'shipping_address_1',
  ],
  ...['billing_address', 'street', 'street_address', 'ip_address', 'customer_full_name'],
  // In other languages, and as payment providers and forms have them.
  ...['prénom', 'nom', 'vorname', 'nachname', 'apellido', 'apellidos', 'kundenname', 'nom_client'],
  ...['telefonnummer', 'téléphone', 'telefono', 'teléfono', 'handynummer', 'tel_nr', 'tlf', 'mobile_no'],
  ...[
    'correo',
    'cell_number',
    'courriel',
    'email_adresse',
    'adresse_mail',
    'contact_number',
    'contact_person',
  ],
  ...['adresse', 'dirección', 'anschrift', 'lieferadresse', 'adresse_de_livraison', 'straße', 'strasse'],
  ...['hausnummer', 'plz', 'postleitzahl', 'code_postal', 'ship_name', 'ship_address', 'bill_name'],
  ...[
    'card_holder',
    'cc_owner',
    'cardholder',
    'account_holder_name',
    'shopper_name',
    'имя',
    '電話番号',
    '이름',
  ],
  ...['geburtsdatum', 'birth_date', 'birthday', 'dob', 'date_of_birth', 'date_de_naissance'],
  // Of the customer's browser.
  ...['customer_user_agent', 'user_agent', 'browser_user_agent', 'x_forwarded_for', 'http_x_real_ip', 'ip'],
  ...['client_ip', 'remote_addr', 'ip_addr'],
  // Secrets and documents.
  ...['card_number', 'pan', 'cvv', 'cvc', 'security_code', 'secure_key', 'protect_code', 'iban', 'ssn'],
  ...[
    'account_number',
    'driver_license',
    'tax_id',
    'vat_id',
    'customer_taxvat',
    'vat_number',
    'password',
    'client_secret',
  ],
  // As WooCommerce keeps them.
  ...['_billing_address_index', '_shipping_phone'],
]

const otherKeys = [
  // TikTok's names.
  ...['value', 'currency', 'content_type', 'content_ids', 'contents', 'content_id', 'content_name'],
  ...['content_category', 'brand', 'price', 'quantity', 'num_items', 'search_string', 'description', 'query'],
  ...['order_id', 'shop_id', 'customer_type', 'status'],
  // Google's names, and names of shops' own.
  ...['item_name', 'item_list_name', 'promotion_name', 'coupon', 'affiliation', 'transaction_id', 'shipping'],
  ...['shipping_tier', 'payment_type', 'tax', 'product_name', 'brand_name', 'category_name'],
  ...['product_full_name', 'product_family_name', 'page_name', 'event_name', 'shop_name', 'company_name'],
  ...['shipping_method_name', 'customer_group', 'customer_id', 'user_id', 'email_opt_in', 'has_email'],
  ...['phone_case', 'is_mobile', 'headphones', 'smartphone', 'hotel', 'page_address', 'store_address'],
  ...[
    'store_name',
    'coupon_name',
    'list_name',
    'payment_method_name',
    'tax_class_id',
    'page_number',
    'genome',
  ],
  ...['card_type', 'account_type', 'gift_card', 'frying_pan', 'vip', 'ship', 'zip_file', 'description_name'],
  ...[
    'owner_type',
    'nombre_articles',
    'nom_produit',
    'strength',
    'direction',
    'number',
    'domain',
    'telemetry',
  ],
  ...['billing_city', 'shipping_country', 'first_order', 'last_visit', 'delivery', 'member', 'streetwear'],
]

const words = (key: string) => key.split(/[_-]/).filter(Boolean)
const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)
/** A key in each of the ways in which pages and shops write it. */
const spellings = (key: string) => {
  const [first = '', ...rest] = words(key)
  return [
    key,
    key.toUpperCase(),
    [first, ...rest.map(capital)].join(''),
    words(key).map(capital).join(''),
    words(key).join('-'),
  ]
}

describe('a personal key', () => {
  it.each(personalKeys)('%s is removed from properties and from addresses', (key) => {
    for (const spelling of spellings(key)) {
      expect(isPersonalKey(spelling), spelling).toBe(true)
      expect(redactProperties({ [spelling]: 'x', a: 1 }, ignoreWarnings), spelling).toEqual({ a: 1 })
      expect(redactUrl(`https://shop.example/?${spelling}=x&a=1`), spelling).toBe('https://shop.example/?a=1')
    }
  })

  it.each([
    'customer[phone]',
    'customer[email][0]',
    'customers[0][name]',
    'billing.phone',
    'billing.address.street',
    'order.customer.name',
    'checkout[billing_address][first_name]',
    'customer[name]',
    'buyer.Name',
    'shipping[address]',
    'phone[]',
    'card[number]',
    'card.name',
    'card.cvc',
    'traits.name',
    'account.name',
    'billing_details.name',
    'name.first',
    'Mobile No.',
    'E-Mail (privat) Telefon',
    'TÉLÉPHONE',
    'em\u200bail',
    'ｐｈｏｎｅ',
  ])('%s is removed as a path', (path) => {
    expect(redactProperties({ [path]: 'x', a: 1 }, ignoreWarnings)).toEqual({ a: 1 })
    for (const written of [path, encodeURIComponent(path)])
      expect(redactUrl(`https://shop.example/?${written}=x&a=1`)).toBe('https://shop.example/?a=1')
  })
})

describe('another key', () => {
  it.each(otherKeys)('%s stays in properties and in addresses', (key) => {
    for (const spelling of spellings(key)) {
      const properties = { [spelling]: 'x', a: 1 }
      expect(redactProperties(properties, ignoreWarnings), spelling).toBe(properties)
      expect(redactUrl(`https://shop.example/?${spelling}=x&a=1`), spelling).toBe(
        `https://shop.example/?${spelling}=x&a=1`,
      )
    }
  })

  it('name stays in properties, but not alone in an address', () => {
    const properties = { name: 'Cup', Name: 'Cup', contents: [{ name: 'Cup', nom: 'Tasse' }] }
    expect(redactProperties(properties, ignoreWarnings)).toBe(properties)
    expect(redactUrl('https://shop.example/?name=Otto&a=1')).toBe('https://shop.example/?a=1')
  })

  it.each(['product[name]', 'items[0].name', 'customer[id]', 'product.customer_rating', 'page[address]x'])(
    '%s stays as a path',
    (path) => {
      const properties = { [path]: 'x', a: 1 }
      expect(redactProperties(properties, ignoreWarnings)).toBe(properties)
      expect(redactUrl(`https://shop.example/?${path}=x`)).toBe(`https://shop.example/?${path}=x`)
    },
  )
})

describe('properties with objects and lists', () => {
  it.each([
    ['a person', { customer: { name: 'Jane', group: 'vip', phone: '1' }, a: 1 }, { a: 1 }],
    ['a method', { shipping: { name: 'Jane', price: 5 } }, { shipping: { price: 5 } }],
    [
      'addresses',
      { a: 'HTTPS://shop.example/?phone=1&a=1', b: '/x?phone=1#a', c: '//x' },
      { a: 'HTTPS://shop.example/?a=1', b: '/x#a', c: '//x' },
    ],
    ['no person', { customer: { group: 'vip', id: 7 } }, { customer: { group: 'vip', id: 7 } }],
    [
      'a price under the key of a person',
      { shipping: { tier: 'next_day', price: 5 } },
      { shipping: { tier: 'next_day', price: 5 } },
    ],
    ['an address', { billing_address: { city: 'San Jose', zip: '95110' }, a: 1 }, { a: 1 }],
    ['depth', { a: { b: { c: { buyerName: 'Jane', d: 1 } } } }, { a: { b: { c: { d: 1 } } } }],
    [
      'a list',
      { passengers: [{ name: 'Jane' }, { name: 'Joe', seat: 4 }, { seat: 5 }] },
      { passengers: [{ seat: 5 }] },
    ],
    [
      'contents',
      { contents: [{ content_id: 'sku-1', content_name: 'Cup', recipient_name: 'Jane', name: 'Cup' }] },
      { contents: [{ content_id: 'sku-1', content_name: 'Cup', name: 'Cup' }] },
    ],
    ...[
      ...[
        'billing_details',
        'shipping_details',
        'customer_details',
        'shopper',
        'traits',
        'profile',
        'account',
      ],
      ...['customer', 'recipient', 'lead'],
    ].map((key): [string, object, object] => [key, { [key]: { name: 'Otto P' }, a: 1 }, { a: 1 }]),
    ['a name', { customer: 'Otto P', user: ['Otto', 'u-7'], guest: 'otto' }, { user: ['u-7'] }],
    [
      'kinds and ids of persons',
      { customer: 'cus_123', user: 'guest', member: 'Gold', client: 'web', owner: '7', delivery: 'Next day' },
      { customer: 'cus_123', user: 'guest', member: 'Gold', client: 'web', owner: '7', delivery: 'Next day' },
    ],
    [
      'JSON',
      { customer: '{"name":"Otto"}', a: '{"order":{"buyer":{"name":"Otto"}}}', b: '[{"name":"Cup","id":1}]' },
      { b: '[{"name":"Cup","id":1}]' },
    ],
    [
      'a card',
      { card: { number: '1', cvc: '1', name: 'Otto', brand: 'visa' }, gift_card: { name: 'Card' } },
      { card: { brand: 'visa' }, gift_card: { name: 'Card' } },
    ],
    [
      'answers',
      {
        custom_fields: [
          { key: 'fullname', type: 'text', text: { value: 'Otto' } },
          { key: 'size', text: { value: 'L' } },
        ],
        meta_data: [
          { id: 1, key: '_billing_address_index', value: 'Otto' },
          { key: '_x', value: 'y' },
        ],
        options: [{ name: 'Phone', value: 499 }],
      },
      {
        custom_fields: [
          { key: 'fullname', type: 'text' },
          { key: 'size', text: { value: 'L' } },
        ],
        meta_data: [
          { id: 1, key: '_billing_address_index' },
          { key: '_x', value: 'y' },
        ],
        options: [{ name: 'Phone', value: 499 }],
      },
    ],
    ['texts in a list', { notes: ['to jane@example.com', 'a'] }, { notes: ['to', 'a'] }],
    ['other values', { phone: 4155551234, email: null, mobile: ['1'], tel: { a: 1 }, b: true }, { b: true }],
  ])('are redacted: %s', (_, properties, expected) => {
    expect(redactProperties(properties, ignoreWarnings)).toEqual(expected)
  })
})

describe('the number of a payment card', () => {
  it.each([
    ...[
      '4242424242424242',
      '4242 4242 4242 4242',
      '5555-5555-5555-4444',
      '2223003122003222',
      '378282246310005',
    ],
    ...['6011111111111117', '6500000000000002', '3566002020360505', '4222222222222'],
  ])('%s is removed, except under the key of an id', (number) => {
    const digits = Number(number.replace(/\D/g, ''))
    expect(redactProperties({ a: number, b: [digits], c: 1 }, ignoreWarnings)).toEqual({ b: [], c: 1 })
    const ids = { gtin: number, imei: digits, order_id: number, content_ids: [number] }
    expect(redactProperties(ids, ignoreWarnings)).toBe(ids)
  })

  it.each([
    '4242424242424241',
    '1234567890123452',
    '9007199254740991',
    '1795400001234',
    '4242',
    '0000000000000000',
  ])('%s is none', (number) => {
    const properties = { a: number, b: Number(number) }
    expect(redactProperties(properties, ignoreWarnings)).toBe(properties)
  })
})

describe('an id', () => {
  it.each([
    ['content_id', '00012345678905'],
    ['content_ids', '0012345678905'],
    ['order_id', '000000001001'],
    ['orderNumber', '000000001001'],
    ['order-no', '0044 20 7946 0018'],
    ['shop_id', '001234567890123'],
    ['gtin14', '00012345678905'],
    ['sku', '00-123-456-789'],
    ['customer[id]', '000000001001'],
  ])('%s: %s is not taken for a phone number', (key, value) => {
    expect(isIdKey(key)).toBe(true)
    for (const properties of [{ [key]: value }, { [key]: [value] }, { contents: [{ [key]: value }] }])
      expect(redactProperties(properties, ignoreWarnings)).toBe(properties)
    const digits = value.replace(/\D/g, '')
    expect(redactUrl(`https://shop.example/?${key}=${digits}`)).toBe(`https://shop.example/?${key}=${digits}`)
  })

  it.each([
    ...['Purchase.00000001001', 'PageView.1795400001234.00123', '00012345678905', 'order@2026.11', 'v@1.2.3'],
    ...['a+b', '+14155551234', 'Lead.+1 415 555 1234', 'AddToCart.17959831037030.004890505776308007', '@'],
  ])('of an event is stored as it is: %s', (id) => {
    expect(redactId(id, ignoreWarnings)).toBe(id)
  })

  it.each([
    ...['Purchase.jane@example.com', 'jane@example.com.1001', 'jané@exämple.com', 'jane%40example.com'],
    ...[
      'Lead.jane%2540example%252Ecom',
      'jane&#64;example.com',
      'jane&commat;example.com',
      'jane＠example.com',
    ],
  ])('of an event is replaced by its hash when it holds an e-mail address: %s', (id) => {
    const warnings: unknown[] = []
    expect(redactId(id, (...warning) => warnings.push(warning))).toBe(sha256(id))
    expect(warnings).toEqual([['personal_data', 'event_id', expect.not.stringContaining('@')]])
  })

  it('in properties is replaced by its hash when it holds an e-mail address, and loses no number', () => {
    const encoded = { order_id: 'jane%40example.com' }
    expect(redactProperties(encoded, ignoreWarnings)).toEqual({ order_id: sha256('jane%40example.com') })
    const properties = { order_id: 'jane@example.com', sku: 'a +1 415 555 1234' }
    expect(redactProperties(properties, ignoreWarnings)).toEqual({
      order_id: sha256('jane@example.com'),
      sku: 'a +1 415 555 1234',
    })
  })

  it.each(['phone_number', 'ident', 'paid', 'grid', 'value', 'page_title', ''])(
    'has no key such as %j',
    (key) => {
      expect(isIdKey(key)).toBe(false)
    },
  )
})

describe('a text', () => {
  it.each([
    ['call +44 20 7946 0018 now', 'call  now'],
    ['+1 415 555 1234 2 pieces', '2 pieces'],
    ['(+49) 171 2345678 or +1 (415) 555-1234', '( or'],
    ['jane@example.com', ''],
    ['q=jane%2540example.com&a=1', ''],
    ['of jane&#64;example.com', 'of'],
    ['of jane%40example%2Ecom', 'of'],
    ['100 % of jane%40example.com', '100 % of'],
    [' Order of jane@example.com, thanks ', 'Order of , thanks'],
  ])('%j is redacted to %j', (text, expected) => {
    expect(redactText(text)).toBe(expected)
    expect(containsPersonalData(text)).toBe(true)
  })

  it.each([
    'logo@2x.png',
    'call 0044 20 7946 0018',
    'part 001-234-567-8900',
    '415-555-1234',
    'v@1.2.3',
    '10@2.50 EUR',
    '+1 000 000 0000',
    'Add + to @ cart',
    ' 2 + 2 ',
    'v1.00',
    '2026-11-23T10:00:00+01:00',
    '',
  ])('%j stays', (text) => {
    expect(redactText(text)).toBe(text)
    expect(containsPersonalData(text)).toBe(false)
  })
})
