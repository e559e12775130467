import { describe, expect, it } from 'vitest'
import { ignoreWarnings } from './hashed-event.js'
import { isPlaceholder } from './placeholder.js'
import { redactId, redactProperties } from './redact-properties.js'

/** Mulberry32: the same numbers in each run. */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const random = createRandom(20261130)
const text = (alphabet: string, length: number) => {
  let result = ''
  for (let at = 0; at < length; at++) result += alphabet[Math.floor(random() * alphabet.length)]
  return result
}
const digits = (length: number) => text('0123456789', length)
const hex = (length: number) => text('0123456789abcdef', length)
const base32 = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const uuid = (version: number) =>
  `${hex(8)}-${hex(4)}-${version}${hex(3)}-${text('89ab', 1)}${hex(3)}-${hex(12)}`

/** Ids as shops, databases and scripts make them. */
const kinds: Readonly<Record<string, () => string>> = {
  'UUID v1': () => uuid(1),
  'UUID v4': () => uuid(4),
  'UUID v7': () => uuid(7),
  ULID: () => text(base32, 26),
  KSUID: () => text(base62, 27),
  snowflake: () => `1${digits(18)}`,
  'GTIN-8': () => digits(8),
  'GTIN-12': () => digits(12),
  'GTIN-13': () => digits(13),
  'GTIN-14 of a UPC': () => `00${digits(12)}`,
  'ISBN-10': () => `${digits(9)}X`,
  'ISBN-13': () => `978-${digits(1)}-${digits(4)}-${digits(4)}-${digits(1)}`,
  IMEI: () => digits(15),
  'zero-padded number': () => digits(7).padStart(8 + Math.floor(random() * 12), '0'),
  'order number': () => `#${1 + Math.floor(random() * 99_999)}`,
  'order number with groups': () => `001-${digits(3)}-${digits(3)}-${digits(4)}`,
  'Shopify gid': () => `gid://shopify/Order/${digits(13)}`,
  'id of the script': () => `AddToCart.${1_795_000_000_000 + Math.floor(random() * 1e9)}${random() * 0.02}`,
  'number with plus': () => `+${digits(11)}`,
  version: () => `order@${digits(4)}.${digits(2)}`,
}

describe('an id', () => {
  it('is never changed, of a million of all kinds', { timeout: 60_000 }, () => {
    const changed: string[] = []
    const each = Math.ceil(1_000_000 / Object.keys(kinds).length)
    for (const [kind, make] of Object.entries(kinds)) {
      for (let count = 0; count < each; count++) {
        const id = make()
        if (redactId(id, ignoreWarnings) !== id || isPlaceholder(id)) changed.push(`${kind}: ${id}`)
      }
    }
    expect(changed).toEqual([])
  })

  it.each(Object.keys(kinds))('stays in the properties of an order: %s', (kind) => {
    for (let count = 0; count < 500; count++) {
      const id = kinds[kind]?.() ?? ''
      const properties = {
        ...{
          order_id: id,
          shop_id: id,
          content_ids: [id],
          contents: [{ content_id: id, sku: id, gtin13: id }],
        },
        ...{ ean: id, upc: id, isbn: id, mpn: id, imei: id, productId: id, item_id: id, variant_id: id },
        ...{
          transaction_id: id,
          checkout_id: id,
          cart_id: id,
          'order-number': id,
          invoice_no: id,
          user: { id },
        },
      }
      expect(redactProperties(properties, ignoreWarnings)).toBe(properties)
    }
  })
})
