/** Builds the `properties` of an event from line items. */
import { type LineItem, totalCents } from './cart.js'

export const eventProperties = (items: readonly LineItem[]) => ({
  content_type: 'product',
  contents: items.map(({ product, quantity }) => ({
    content_id: product.id,
    content_name: product.name,
    content_category: product.category,
    quantity,
    price: product.cents / 100,
  })),
  value: totalCents(items) / 100,
  currency: 'USD',
})
