/** Warns of values that are accepted although vendors cannot use them. */
import { itemKeys } from '../event.js'
import type { WireProperties } from '../wire.js'
import { isPlaceholder } from './placeholder.js'
import { pathText } from './problem.js'
import type { RepairedBody } from './repair.js'
import { type SentWarning, warnInto } from './request-warnings.js'
import type { SentIndexes } from './sent-indexes.js'
import type { Warn } from './warning.js'

/** @param body a repaired body; placeholders for a currency are removed from it */
export function warnOfValues(
  { events, positions }: RepairedBody,
  warnings: SentWarning[],
  indexes: SentIndexes,
): void {
  events.forEach(({ properties }, at) => {
    if (properties === undefined) return
    const warn = warnInto(warnings, positions?.[at] ?? at, indexes)
    warnOfCurrency(properties, warn)
    warnOfNegative(properties.value, ['properties', 'value'], warn)
    warnOfItems(properties, warn)
  })
}

function warnOfCurrency(properties: WireProperties, warn: Warn): void {
  const { currency } = properties
  if (!currency) return
  const path = 'properties.currency'
  if (isPlaceholder(currency)) {
    delete properties.currency
    warn('placeholder', path, 'a placeholder for a missing currency; it is left out')
  } else if (!/^[A-Z]{3}$/.test(currency)) {
    warn('invalid_value', path, 'no currency code of ISO 4217 such as EUR; it is sent as it is')
  }
}

function warnOfNegative(value: number | undefined, path: readonly PropertyKey[], warn: Warn): void {
  if (value !== undefined && value < 0) warn('invalid_value', pathText(path), 'negative; it is sent as it is')
}

const knownItemKeys: ReadonlySet<string> = new Set(itemKeys)

/** Warns of negative numbers, and once an event of each key that no vendor takes. */
function warnOfItems({ contents }: WireProperties, warn: Warn): void {
  const found = new Set<string>()
  contents?.forEach((item, index) => {
    const path = ['properties', 'contents', index]
    warnOfNegative(item.price, [...path, 'price'], warn)
    warnOfNegative(item.quantity, [...path, 'quantity'], warn)
    for (const key in item) {
      if (knownItemKeys.has(key) || found.has(key)) continue
      found.add(key)
      warn('item_key', pathText([...path, key]), 'not sent: no vendor takes this key of an item')
    }
  })
}
