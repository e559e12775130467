/** Knows what the shop sells. Money is in cents. */

export interface Good {
  /** The `content_id` of every event. */
  id: string
  slug: string
  name: string
  category: string
  cents: number
  line: string
  story: string
}

export const GOODS: readonly Good[] = [
  {
    id: 'LH-FERRY',
    slug: 'night-ferry',
    name: 'Night Ferry',
    category: 'Boats',
    cents: 4800,
    line: 'Two decks, one funnel, never late.',
    story:
      'Turned from a single block of beech, with eleven brass portholes. The car deck holds four walnuts, or one very small friend.',
  },
  {
    id: 'LH-TUG',
    slug: 'tug-marta',
    name: 'Tug Marta',
    category: 'Boats',
    cents: 3200,
    line: 'Small, stubborn, pulls anything.',
    story:
      'Alder hull, rope fender, and a chimney one can hold on to. Floats upright in any bathtub we tried.',
  },
  {
    id: 'LH-WREN',
    slug: 'sloop-wren',
    name: 'Sloop Wren',
    category: 'Boats',
    cents: 3850,
    line: 'Goes where the draught goes.',
    story:
      'Cherry wood and sailcloth left over from a real sail. The mast folds, so that she fits into a coat pocket.',
  },
  {
    id: 'LH-LIGHT',
    slug: 'lighthouse-no-4',
    name: 'Lighthouse No. 4',
    category: 'Harbour',
    cents: 4490,
    line: 'A night light with a good memory.',
    story: 'Stacked ash rings around a warm lamp. Turn the top, and it fades out over twenty minutes.',
  },
  {
    id: 'LH-BUOY',
    slug: 'bell-buoy',
    name: 'Bell Buoy',
    category: 'Harbour',
    cents: 1850,
    line: 'Rings when someone passes.',
    story:
      'A wobbling buoy with a bronze bell the size of a hazelnut. Weighted, so that it always comes up again.',
  },
  {
    id: 'LH-WHALE',
    slug: 'visiting-whale',
    name: 'Visiting Whale',
    category: 'Harbour',
    cents: 2600,
    line: 'Only here until Thursday.',
    story:
      'Carved from driftwood blue all the way through. Every one has a different smile, and all of them are small.',
  },
]

export const goodBySlug = (slug: string): Good | undefined => GOODS.find((good) => good.slug === slug)
export const goodById = (id: string): Good | undefined => GOODS.find((good) => good.id === id)

/** `$48.00` */
export const dollars = (cents: number): string => `$${(cents / 100).toFixed(2)}`
