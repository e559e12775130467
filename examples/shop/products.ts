/** Lists the products of the shop. Prices are in cents. */

export interface Product {
  /** The `content_id` of every event. */
  id: string
  slug: string
  name: string
  category: string
  cents: number
  tagline: string
  description: string
}

export const nightFerry: Product = {
  id: 'LH-FERRY',
  slug: 'night-ferry',
  name: 'Night Ferry',
  category: 'Boats',
  cents: 4800,
  tagline: 'Two decks, one funnel, never late.',
  description:
    'Turned from a single block of beech, with eleven brass portholes. The car deck holds four walnuts, or one very small friend.',
}

export const tugMarta: Product = {
  id: 'LH-TUG',
  slug: 'tug-marta',
  name: 'Tug Marta',
  category: 'Boats',
  cents: 3200,
  tagline: 'Small, stubborn, pulls anything.',
  description:
    'Alder hull, rope fender, and a chimney one can hold on to. Floats upright in any bathtub we tried.',
}

export const sloopWren: Product = {
  id: 'LH-WREN',
  slug: 'sloop-wren',
  name: 'Sloop Wren',
  category: 'Boats',
  cents: 3850,
  tagline: 'Goes where the draught goes.',
  description:
    'Cherry wood and sailcloth left over from a real sail. The mast folds, so that she fits into a coat pocket.',
}

export const lighthouse: Product = {
  id: 'LH-LIGHT',
  slug: 'lighthouse-no-4',
  name: 'Lighthouse No. 4',
  category: 'Harbour',
  cents: 4490,
  tagline: 'A night light with a good memory.',
  description: 'Stacked ash rings around a warm lamp. Turn the top, and it fades out over twenty minutes.',
}

export const bellBuoy: Product = {
  id: 'LH-BUOY',
  slug: 'bell-buoy',
  name: 'Bell Buoy',
  category: 'Harbour',
  cents: 1850,
  tagline: 'Rings when someone passes.',
  description:
    'A wobbling buoy with a bronze bell the size of a hazelnut. Weighted, so that it always comes up again.',
}

export const visitingWhale: Product = {
  id: 'LH-WHALE',
  slug: 'visiting-whale',
  name: 'Visiting Whale',
  category: 'Harbour',
  cents: 2600,
  tagline: 'Only here until Thursday.',
  description:
    'Carved from driftwood blue all the way through. Every one has a different smile, and all of them are small.',
}

export const PRODUCTS: readonly Product[] = [
  nightFerry,
  tugMarta,
  sloopWren,
  lighthouse,
  bellBuoy,
  visitingWhale,
]

export const productBySlug = (slug: string): Product | undefined =>
  PRODUCTS.find((product) => product.slug === slug)
export const productById = (id: string): Product | undefined => PRODUCTS.find((product) => product.id === id)

/** `$48.00` */
export const formatDollars = (cents: number): string => `$${(cents / 100).toFixed(2)}`
