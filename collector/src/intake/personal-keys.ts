/** Recognises personal data, secrets and ids by their keys. Page addresses and properties share this one list. */
import { LRUCache } from 'lru-cache'
import {
  foreignName,
  goods,
  named,
  partyTexts,
  personObjects,
  privateKeys,
  secretKeys,
  userKeys,
} from './personal-words.js'

/** What the values of a key are. */
export interface KeyTraits {
  /** Personal data with a field in `user`, other personal data, a secret, or a key that is personal data itself. */
  readonly personal: 'user' | 'private' | 'secret' | 'key' | undefined
  /** Objects under it may be persons as a whole. */
  readonly isPerson: boolean
  /** Texts under it are names unless they are ids. */
  readonly isParty: boolean
}

/** Only the end of a longer key is read: patterns take quadratic time, and caches keep their keys. */
const maxKeyLength = 200
const endOf = (key: string) => (key.length > maxKeyLength ? key.slice(-maxKeyLength) : key)

/** A key that is an e-mail address or a phone number itself. */
const personalText = /@|%40|\+[\s(]*\d[\d\s()./-]{6}/

/** Keys whose meaning depends on the object around them: `name`, and `number` of a card. */
const dependsOnParent =
  /^(?:names?|nom|nombre|nome|naam|first|middle|last|full|number|num|no|nr|holder|owner)$/i

const knownKeys = new LRUCache<string, KeyTraits>({ max: 5_000 })
const personalKey: KeyTraits = { personal: 'key', isPerson: false, isParty: false }

/**
 * @param key in any case, or a path such as `billing.phone`, `customer[phone]` and `customers[0].name`
 * @param parent key of the object around it
 */
export function traitsOf(key: string, parent = ''): KeyTraits {
  const path = endOf(key.length <= 6 && dependsOnParent.test(key) ? `${parent}.${key}` : key)
  let traits = knownKeys.get(path)
  if (traits === undefined) {
    traits = readTraits(path)
    knownKeys.set(path, traits)
  }
  return key.length > maxKeyLength && personalText.test(key) ? personalKey : traits
}

/** Whether the values of a key are personal data or secrets. Parameters are those of traitsOf. */
export const isPersonalKey = (key: string, parent = ''): boolean =>
  traitsOf(key, parent).personal !== undefined

function readTraits(path: string): KeyTraits {
  const [last = '', before = ''] = lastParts(path)
  if (personalText.test(path)) return personalKey
  const both = before === '' ? undefined : personal(`${before}_${last}`)
  return {
    personal: isName(last, before) ? 'user' : (personal(last) ?? both),
    isPerson: personObjects.test(last),
    isParty: partyTexts.test(last),
  }
}

function personal(key: string): KeyTraits['personal'] {
  if (secretKeys.test(key)) return 'secret'
  if (userKeys.test(key)) return 'user'
  return privateKeys.test(key) ? 'private' : undefined
}

function isName(last: string, before: string): boolean {
  if (foreignName.test(last)) return !goods.test(before)
  return /^(names?|first|middle|last|full)$/.test(last) && (personObjects.test(before) || named.test(before))
}

/**
 * Keys in snake case of ids and product numbers, which may have as many digits as a phone number: `order_id`, `sku`,
 * `transactionId`, `gtin13`, `invoice_number`.
 */
const idKeys =
  /(^|_)(((cart|checkout|content|event|item|order|product|shop|transaction|variant)_?)?ids?|skus?|gtin|ean|upc|isbn|issn|asin|mpn|imei|barcode|part|serial|tracking|variant|product|item|order|invoice|transaction|page|ref|reference)(_?(numbers?|no|code))?$/

/** The last part of a key in snake case, such as `order_key` of `order[orderKey]`. */
export const lastPart = (key: string): string => lastParts(key)[0] ?? ''

/** Whether the values of a key are ids. @param key as for traitsOf */
export function isIdKey(key: string): boolean {
  return idKeys.test(lastPart(key))
}

/** The last part of a path and the part before it, both in snake case. Indexes of lists are no parts. */
function lastParts(path: string): string[] {
  return endOf(path)
    .split(/[.[\]]+(?:\d*[.[\]]+)*/)
    .filter(Boolean)
    .slice(-2)
    .reverse()
    .map(toSnakeCase)
}

/** `customerPhone`, `Customer-Phone`, `customer_phone2` and `customer_2_phone` as `customer_phone`. */
function toSnakeCase(key: string): string {
  const folded = /[^ -~]/.test(key) ? withoutAccents(key) : key
  const separated = /[A-Z\u0080-\uffff]/.test(folded)
    ? folded
        .replace(/([a-z\d])([A-Z])/g, '$1_$2')
        .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
        .toLowerCase()
    : folded
  return separated
    .replace(/[^a-z\d\u0080-\uffff]+/g, '_')
    .replace(/^_+/, '')
    .replace(/_?\d+(?=_)/g, '')
    .replace(/[_\d]+$/, '')
}

/** Letters that Unicode does not decompose. */
const letters: Readonly<Record<string, string>> = {
  ß: 'ss',
  ẞ: 'SS',
  ø: 'o',
  Ø: 'O',
  æ: 'ae',
  œ: 'oe',
  ł: 'l',
  ı: 'i',
}

/** `Téléphone` as `Telephone`, without characters that nobody sees. */
function withoutAccents(key: string): string {
  return key
    .normalize('NFKD')
    .replace(/[\p{M}\p{Cf}]/gu, '')
    .replace(/[ßẞøØæœłı]/g, (letter) => letters[letter] ?? '')
    .normalize('NFC')
}
