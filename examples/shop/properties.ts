/** Knows how goods are written down in an event's `properties`. */
import { type Line, totalCents } from './cart.js'

export const propertiesOf = (lines: readonly Line[]) => ({
  content_type: 'product',
  contents: lines.map(({ good, quantity }) => ({
    content_id: good.id,
    content_name: good.name,
    content_category: good.category,
    quantity,
    price: good.cents / 100,
  })),
  value: totalCents(lines) / 100,
  currency: 'USD',
})
