import { describe, expect, it } from 'vitest'
import { eventIdOf } from './event-id.js'

/** The id and the places of the warnings. */
function idOf(sent: { event?: string; event_id?: string; order_id?: string }, name = 'Purchase') {
  const warnings: string[] = []
  const event = {
    event: sent.event ?? name,
    event_id: sent.event_id,
    properties: sent.order_id === undefined ? undefined : { order_id: sent.order_id },
  }
  const id = eventIdOf(
    event,
    name,
    () => 'new-id',
    (rule, path) => warnings.push(`${rule} ${path}`),
  )
  return { id, warnings }
}

const unusable = [
  ...['0', '-1', '000', 'guest', 'new', 'Draft', 'pending', 'undefined'],
  ...['Purchase.', 'Purchase-', 'purchase_', 'Purchase.0', 'Purchase.-1', 'Purchase.00000', 'Purchase.guest'],
  ...['AddToCart.', 'AddToCart.0', 'CompletePayment.', 'order-0', 'order-', 'Order_new', 'cart:0', 'event#'],
]

describe('an event id that many events would have', () => {
  it.each(unusable)('%j is replaced by a new one', (event_id) => {
    expect(idOf({ event_id })).toEqual({ id: 'new-id', warnings: ['placeholder event_id'] })
  })

  it.each(unusable)('%j is replaced by one made of the order', (event_id) => {
    expect(idOf({ event_id, order_id: '1001' })).toEqual({
      id: 'Purchase.1001',
      warnings: ['placeholder event_id'],
    })
  })

  it.each(['my.own-event.', 'my.own-event.0', 'My.Own-Event_guest'])(
    '%j is recognised by the name of the event',
    (event_id) => {
      expect(idOf({ event: 'my.own-event', event_id }, 'my.own-event').id).toBe('new-id')
      expect(idOf({ event_id }).id).toBe(event_id)
    },
  )
})

it.each([
  ...[
    '10',
    'A0',
    '0001',
    '1',
    '-10',
    '2026-11-0',
    'A-0',
    'abc-',
    'abc_',
    'x.0',
    'news',
    'guest-1',
    'Purchase',
  ],
  ...['Purchase.10', 'Purchase.0001', 'Purchase.A0', 'Purchase.guest1', 'order-100', 'renew', 'order-0-1'],
  ...['3f0c7d4e-2d5b-4b43-8f3e-0e6c2f8a1b00', 'V1StGXR8_Z5jdHi6B-myT', 'abcdefghijklmnopqrst-'],
])('the id %j stays', (event_id) => {
  expect(idOf({ event_id })).toEqual({ id: event_id, warnings: [] })
})

describe('an order id', () => {
  it.each(['guest', 'New', 'draft', 'pending', '0', '-1'])('%j makes no event id', (order_id) => {
    expect(idOf({ order_id })).toEqual({ id: 'new-id', warnings: ['placeholder properties.order_id'] })
    expect(idOf({ order_id, event_id: '5' })).toEqual({ id: '5', warnings: [] })
  })

  it.each(['10', 'A0', '0001', 'new-5'])('%j makes one', (order_id) => {
    expect(idOf({ order_id })).toEqual({ id: `Purchase.${order_id}`, warnings: [] })
  })
})
