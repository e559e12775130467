/** Knows the orders placed since the shop was started, in memory. */
import { randomBytes } from 'node:crypto'
import type { Line } from './cart.js'

export interface Order {
  /** Cannot be guessed: whoever knows it may see the thank-you page. */
  id: string
  lines: Line[]
  email: string
  phone: string
}

export interface Orders {
  place(order: Omit<Order, 'id'>): Order
  find(id: string): Order | undefined
}

/** Keeps the newest 1,000. */
export const createOrders = (): Orders => {
  const orders = new Map<string, Order>()
  return {
    place: (order) => {
      const placed = { id: `LH-${randomBytes(6).toString('hex').toUpperCase()}`, ...order }
      orders.set(placed.id, placed)
      if (orders.size > 1000) orders.delete(orders.keys().next().value ?? '')
      return placed
    },
    find: (id) => orders.get(id),
  }
}
