/** Knows that a cart survives its cookie, and that nonsense in the cookie does no harm. */
import { expect, test } from 'vitest'
import { addLine, cookieOf, countOf, readCart, setLine, totalCents, writeCart } from './cart.js'
import { GOODS, type Good, goodById } from './products.js'
import { propertiesOf } from './properties.js'

const tug = goodById('LH-TUG') as Good
const buoy = goodById('LH-BUOY') as Good

test('a cart comes back as it was', () => {
  const lines = addLine(addLine([], tug, 2), buoy, 1)
  expect(readCart(writeCart(lines))).toEqual(lines)
  expect([countOf(lines), totalCents(lines)]).toEqual([3, 2 * 3200 + 1850])
})

test('adding again adds up, at most to 99; zero takes out', () => {
  expect(addLine(addLine([], tug, 2), tug, 3)).toEqual([{ good: tug, quantity: 5 }])
  expect(addLine(addLine([], tug, 98), tug, 3)).toEqual([{ good: tug, quantity: 99 }])
  expect(setLine(addLine([], tug, 2), tug, 0)).toEqual([])
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
])('a cookie %j is an empty cart', (value) => {
  expect(readCart(value)).toEqual([])
})

test('every good can be in the cookie at once', () => {
  const all = GOODS.map((good) => ({ good, quantity: 9 }))
  expect(readCart(writeCart(all))).toEqual(all)
  expect(new Set(GOODS.map(({ slug }) => slug)).size).toBe(GOODS.length)
})

test('a cookie is found among others', () => {
  expect(cookieOf('a=1; cart=LH-TUG.1; b=2', 'cart')).toBe('LH-TUG.1')
  expect(cookieOf('scart=1', 'cart')).toBeUndefined()
  expect(cookieOf(undefined, 'cart')).toBeUndefined()
})

test('properties hold dollars, text ids and whole quantities', () => {
  expect(propertiesOf([{ good: tug, quantity: 3 }])).toEqual({
    content_type: 'product',
    contents: [
      { content_id: 'LH-TUG', content_name: 'Tug Marta', content_category: 'Boats', quantity: 3, price: 32 },
    ],
    value: 96,
    currency: 'USD',
  })
})
