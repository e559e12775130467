/** Warns about `properties`: contents, counts, currency and misspelled keys. */
import { arrayOrEmpty, at, isObject } from '../json.js'
import { createFinding, type Finding } from '../rules.js'

/** The 62 codes TikTok lists (doc 1771101303285761). */
export const CURRENCIES: ReadonlySet<string> = new Set(
  (
    'AED ARS AUD BDT BHD BIF BOB BRL CAD CHF CLP CNY COP CRC CZK DKK DZD EGP EUR GBP GTQ HKD HNL HUF IDR ILS INR ' +
    'ISK JPY KES KHR KRW KWD KZT MAD MOP MXN MYR NGN NIO NOK NZD OMR PEN PHP PKR PLN PYG QAR RON RUB SAR SEK SGD ' +
    'THB TRY TWD UAH USD VES VND ZAR'
  ).split(' '),
)

/** Keys in the code of other senders. TikTok takes them as custom properties and ignores their meaning. */
const MISSPELLED = [
  'contents_ids',
  'content_id',
  'contentIds',
  'orderId',
  'numItems',
  'Value',
  'Currency',
  'price',
]

const warnItem = (item: unknown, where: string): Finding[] => {
  const found: Finding[] = []
  if (at(item, 'content_type') !== undefined)
    found.push(createFinding('TT-W12', `${where}.content_type`, at(item, 'content_type')))
  if (at(item, 'name') !== undefined) found.push(createFinding('TT-W13', `${where}.name`, at(item, 'name')))
  if (at(item, 'content_id') === undefined)
    found.push(createFinding('TT-W29', `${where}.content_id`, undefined))
  return [...found, ...warnAmount(at(item, 'price'), `${where}.price`)]
}

/** 0.1 + 0.2 has 17 decimals, no price has more than six. */
const warnAmount = (amount: unknown, where: string): Finding[] => {
  if (typeof amount !== 'number') return []
  if (amount < 0) return [createFinding('TT-W31', where, amount)]
  return Number(amount.toFixed(6)) === amount ? [] : [createFinding('TT-W30', where, amount)]
}

/** The sum of the quantities; undefined unless every item has one. */
const totalQuantity = (contents: unknown[]): number | undefined => {
  const quantities = contents.map((item) => at(item, 'quantity'))
  return quantities.length > 0 && quantities.every((quantity) => typeof quantity === 'number')
    ? quantities.reduce((sum, quantity) => sum + quantity, 0)
    : undefined
}

export const warnProperties = (event: unknown, path: string): Finding[] => {
  const properties = at(event, 'properties')
  if (!isObject(properties)) return []
  const where = `${path}.properties`
  const contents = arrayOrEmpty(properties.contents)
  const found = contents.flatMap((item, i) => warnItem(item, `${where}.contents[${i}]`))
  found.push(...warnAmount(properties.value, `${where}.value`))
  for (const key of MISSPELLED)
    if (at(properties, key) !== undefined)
      found.push(createFinding('TT-W14', `${where}.${key}`, properties[key]))
  const query = at(properties, 'query')
  if (query !== undefined)
    found.push(
      createFinding('TT-W14', `${where}.query`, query, 'search_string: query is its name in Events API 1.0'),
    )
  const total = totalQuantity(contents)
  const items = properties.num_items
  if (items !== undefined && total !== undefined && items !== total)
    found.push(createFinding('TT-W15', `${where}.num_items`, items, `${total}, the sum of the quantities`))
  const currency = properties.currency
  if (typeof currency === 'string' && currency !== '' && !CURRENCIES.has(currency))
    found.push(createFinding('TT-W16', `${where}.currency`, currency))
  return found
}
