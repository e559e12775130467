/** Knows what is wrong with `properties` although TikTok takes it: items, counts, currency, misspelled keys. */
import { at, isObject, listOf } from '../json.js'
import { type Finding, finding } from '../rules.js'

/** The 62 codes TikTok lists (doc 1771101303285761). */
export const CURRENCIES: ReadonlySet<string> = new Set(
  (
    'AED ARS AUD BDT BHD BIF BOB BRL CAD CHF CLP CNY COP CRC CZK DKK DZD EGP EUR GBP GTQ HKD HNL HUF IDR ILS INR ' +
    'ISK JPY KES KHR KRW KWD KZT MAD MOP MXN MYR NGN NIO NOK NZD OMR PEN PHP PKR PLN PYG QAR RON RUB SAR SEK SGD ' +
    'THB TRY TWD UAH USD VES VND ZAR'
  ).split(' '),
)

/** Seen in other senders' code; TikTok takes them as custom keys and books nothing. */
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
    found.push(finding('TT-W12', `${where}.content_type`, at(item, 'content_type')))
  if (at(item, 'name') !== undefined) found.push(finding('TT-W13', `${where}.name`, at(item, 'name')))
  return found
}

/** Undefined unless every item names its quantity. */
const totalOf = (contents: unknown[]): number | undefined => {
  const quantities = contents.map((item) => at(item, 'quantity'))
  return quantities.length > 0 && quantities.every((quantity) => typeof quantity === 'number')
    ? quantities.reduce((sum, quantity) => sum + quantity, 0)
    : undefined
}

export const warnGoods = (event: unknown, path: string): Finding[] => {
  const properties = at(event, 'properties')
  if (!isObject(properties)) return []
  const where = `${path}.properties`
  const contents = listOf(properties.contents)
  const found = contents.flatMap((item, i) => warnItem(item, `${where}.contents[${i}]`))
  for (const key of MISSPELLED)
    if (at(properties, key) !== undefined) found.push(finding('TT-W14', `${where}.${key}`, properties[key]))
  const query = at(properties, 'query')
  if (query !== undefined)
    found.push(
      finding('TT-W14', `${where}.query`, query, 'search_string: query is its name in Events API 1.0'),
    )
  const total = totalOf(contents)
  const items = properties.num_items
  if (items !== undefined && total !== undefined && items !== total)
    found.push(finding('TT-W15', `${where}.num_items`, items, `${total}, the sum of the quantities`))
  const currency = properties.currency
  if (typeof currency === 'string' && currency !== '' && !CURRENCIES.has(currency))
    found.push(finding('TT-W16', `${where}.currency`, currency))
  return found
}
