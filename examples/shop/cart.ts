/** Reads and changes the cart, a cookie on the registrable domain that all hosts of the shop share. */
import { PRODUCTS, type Product, productById } from './products.js'

export interface LineItem {
  product: Product
  quantity: number
}

const MAX_QUANTITY = 99

/** Reads the value of the cookie `cart`, such as `LH-TUG.2_LH-BUOY.1`; unknown products are left out. */
export const readCart = (value: string | undefined): LineItem[] => {
  const wanted = new Map<string, number>()
  for (const part of (value ?? '').split('_')) {
    const [id = '', count = ''] = part.split('.')
    if (productById(id) && /^[1-9]\d?$/.test(count)) wanted.set(id, Number(count))
  }
  return PRODUCTS.flatMap((product) => {
    const quantity = wanted.get(product.id)
    return quantity ? [{ product, quantity }] : []
  })
}

export const writeCart = (items: readonly LineItem[]): string =>
  items.map(({ product, quantity }) => `${product.id}.${quantity}`).join('_')

/** The cart with `quantity` pieces of a product; 0 removes it. */
export const setQuantity = (items: readonly LineItem[], product: Product, quantity: number): LineItem[] => {
  const others = items.filter((item) => item.product !== product)
  return quantity > 0 ? [...others, { product, quantity: Math.min(quantity, MAX_QUANTITY) }] : others
}

export const addToCart = (items: readonly LineItem[], product: Product, quantity: number): LineItem[] =>
  setQuantity(items, product, (items.find((item) => item.product === product)?.quantity ?? 0) + quantity)

export const totalCents = (items: readonly LineItem[]): number =>
  items.reduce((sum, { product, quantity }) => sum + product.cents * quantity, 0)

export const totalQuantity = (items: readonly LineItem[]): number =>
  items.reduce((sum, { quantity }) => sum + quantity, 0)

/** The value of a cookie whose name and value need no decoding. */
export const cookieValue = (header: string | undefined, name: string): string | undefined =>
  header
    ?.split(/;\s*/)
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1)
