/** Knows the cart: a cookie on the registrable domain, so that all hosts of the shop see the same one. */
import { GOODS, type Good, goodById } from './products.js'

export interface Line {
  good: Good
  quantity: number
}

const MOST = 99

/** Reads the value of the cookie `cart`, such as `LH-TUG.2_LH-BUOY.1`; what is not for sale is left out. */
export const readCart = (value: string | undefined): Line[] => {
  const wanted = new Map<string, number>()
  for (const part of (value ?? '').split('_')) {
    const [id = '', count = ''] = part.split('.')
    if (goodById(id) && /^[1-9]\d?$/.test(count)) wanted.set(id, Number(count))
  }
  return GOODS.flatMap((good) => {
    const quantity = wanted.get(good.id)
    return quantity ? [{ good, quantity }] : []
  })
}

export const writeCart = (lines: readonly Line[]): string =>
  lines.map(({ good, quantity }) => `${good.id}.${quantity}`).join('_')

/** A cart with `quantity` of a good; 0 takes it out. */
export const setLine = (lines: readonly Line[], good: Good, quantity: number): Line[] => {
  const others = lines.filter((line) => line.good !== good)
  return quantity > 0 ? [...others, { good, quantity: Math.min(quantity, MOST) }] : others
}

export const addLine = (lines: readonly Line[], good: Good, quantity: number): Line[] =>
  setLine(lines, good, (lines.find((line) => line.good === good)?.quantity ?? 0) + quantity)

export const totalCents = (lines: readonly Line[]): number =>
  lines.reduce((sum, { good, quantity }) => sum + good.cents * quantity, 0)

export const countOf = (lines: readonly Line[]): number =>
  lines.reduce((sum, { quantity }) => sum + quantity, 0)

/** The value of a cookie whose name and value hold no special characters, as ours do. */
export const cookieOf = (header: string | undefined, name: string): string | undefined =>
  header
    ?.split(/;\s*/)
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1)
