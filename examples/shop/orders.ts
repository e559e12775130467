/** Keeps the orders since the start of the shop, in memory. */
import { randomBytes } from 'node:crypto'
import type { LineItem } from './cart.js'

export interface Order {
  /** Random, because the id alone opens the thank-you page. */
  id: string
  items: LineItem[]
  email: string
  phone: string
}

export interface Orders {
  place(order: Omit<Order, 'id'>): Order
  find(id: string): Order | undefined
}

const MAX_ORDERS = 1000

/** Forgets the oldest orders above `MAX_ORDERS`. */
export const createOrders = (): Orders => {
  const orders = new Map<string, Order>()
  return {
    place: (order) => {
      const placed = { id: `LH-${randomBytes(6).toString('hex').toUpperCase()}`, ...order }
      orders.set(placed.id, placed)
      if (orders.size > MAX_ORDERS) orders.delete(orders.keys().next().value ?? '')
      return placed
    },
    find: (id) => orders.get(id),
  }
}
