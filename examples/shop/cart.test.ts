/** Reads and writes the cart cookie, including invalid values. */
import { expect, test } from 'vitest'
import {
  addToCart,
  cookieValue,
  readCart,
  setQuantity,
  totalCents,
  totalQuantity,
  writeCart,
} from './cart.js'
import { bellBuoy as buoy, PRODUCTS, tugMarta as tug } from './products.js'
import { eventProperties } from './properties.js'

test('a cart is read back from its cookie unchanged', () => {
  const items = addToCart(addToCart([], tug, 2), buoy, 1)
  expect(readCart(writeCart(items))).toEqual(items)
  expect([totalQuantity(items), totalCents(items)]).toEqual([3, 2 * 3200 + 1850])
})

test('adding a product again adds the quantities, up to 99; zero removes it', () => {
  expect(addToCart(addToCart([], tug, 2), tug, 3)).toEqual([{ product: tug, quantity: 5 }])
  expect(addToCart(addToCart([], tug, 98), tug, 3)).toEqual([{ product: tug, quantity: 99 }])
  expect(setQuantity(addToCart([], tug, 2), tug, 0)).toEqual([])
})

test.each([
  undefined,
  '',
  'LH-TUG',
  'LH-TUG.0',
  'LH-TUG.-1',
  'LH-TUG.100',
  'LH-TUG.1e1',
  'NOTHING.1',
  '<script>.1',
  '...__',
])('an invalid cookie %j is an empty cart', (value) => {
  expect(readCart(value)).toEqual([])
})

test('the cookie holds every product at once', () => {
  const all = PRODUCTS.map((product) => ({ product, quantity: 9 }))
  expect(readCart(writeCart(all))).toEqual(all)
  expect(new Set(PRODUCTS.map(({ slug }) => slug)).size).toBe(PRODUCTS.length)
})

test('a cookie is found among other cookies', () => {
  expect(cookieValue('a=1; cart=LH-TUG.1; b=2', 'cart')).toBe('LH-TUG.1')
  expect(cookieValue('scart=1', 'cart')).toBeUndefined()
  expect(cookieValue(undefined, 'cart')).toBeUndefined()
})

test('event properties have prices in dollars, ids as text and integer quantities', () => {
  expect(eventProperties([{ product: tug, quantity: 3 }])).toEqual({
    content_type: 'product',
    contents: [
      { content_id: 'LH-TUG', content_name: 'Tug Marta', content_category: 'Boats', quantity: 3, price: 32 },
    ],
    value: 96,
    currency: 'USD',
  })
})
