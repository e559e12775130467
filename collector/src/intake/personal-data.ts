/** Recognises personal data by keys and by values. Page addresses and properties share this one list. */
import { LRUCache } from 'lru-cache'

/** Words for people and for the parties of an order. */
const person =
  '(attendee|billing|buyer|cardholder|client|contact|customer|delivery|guest|holder|member|owner|passenger|patient' +
  '|payer|purchaser|receiver|recipient|shipping|student|subscriber|user|your)s?'

/** Keys in snake case whose values are personal, whatever they are. `name` alone is not: products have names. */
const personalKeys = new RegExp(
  [
    // email, customer_phone, mobile_number, but not is_mobile
    `(^|_)(?<!(^|_)(is|has)_)(${person}_?)?((e_?)?mail|((cell|mobile|tele)_?)?phone|mobile|tel)s?(_?(address(es)?|numbers?))?$`,
    // buyer_name, billing_last_name, surname, but not product_name
    `(^|_)(${person}|first|given|last|maiden|middle)_?names?$`,
    `(^|_)(surname|forename|nickname|[fl]_?name)s?$`,
    // full_name, family_name, but not product_full_name
    `(^|_)(?<!(^|_)(brand|category|collection|content|file|font|item|page|product)_)(full|family)_?names?$`,
    // address, shipping_address_1, street, but not page_address
    `^address(es)?(_?lines?)?$`,
    `(^|_)(${person}|home|ip|mailing|postal|residential|street)_?address(es)?(_?lines?)?$`,
    `(^|_)street(_?(names?|numbers?|lines?))?$`,
  ].join('|'),
)

const knownKeys = new LRUCache<string, boolean>({ max: 5_000 })

/**
 * Whether the values of a key are personal data.
 * @param key in any case, or a path such as `billing.phone`, `customer[phone]` and `customers[0].name`
 * @param parent key of the object around it; only `name` depends on it
 */
export function isPersonalKey(key: string, parent = ''): boolean {
  const path = /^names?$/i.test(key) ? `${parent}.${key}` : key
  const known = knownKeys.get(path)
  if (known !== undefined) return known
  const [last = '', before] = lastParts(path)
  const isPersonal =
    personalKeys.test(last) || (before !== undefined && personalKeys.test(`${before}_${last}`))
  knownKeys.set(path, isPersonal)
  return isPersonal
}

/** Keys in snake case of ids and product numbers, which may have as many digits as a phone number. */
const idKeys =
  /(^|_)(((content|event|item|order|product|shop|transaction)_?)?ids?|skus?|gtin|ean|upc|isbn|mpn|barcode|variant|product|item|order|invoice|transaction|page|ref|reference)(_?(numbers?|no|code))?$/

/** Whether the values of a key are ids. @param key as for isPersonalKey */
export function isIdKey(key: string): boolean {
  return idKeys.test(lastParts(key)[0] ?? '')
}

/** The last part of a path and the part before it, both in snake case. Indexes of lists are no parts. */
function lastParts(path: string): string[] {
  return path
    .split(/[.[\]]+(?:\d*[.[\]]+)*/)
    .filter(Boolean)
    .slice(-2)
    .reverse()
    .map(toSnakeCase)
}

/** `customerPhone`, `Customer-Phone`, `customer_phone2` and `customer_2_phone` as `customer_phone`. */
function toSnakeCase(key: string): string {
  const separated = /[A-Z]/.test(key)
    ? key
        .replace(/([a-z\d])([A-Z])/g, '$1_$2')
        .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
        .toLowerCase()
    : key
  return separated
    .replace(/[^a-z\d\u0080-\uffff]+/g, '_')
    .replace(/_?\d+(?=_)/g, '')
    .replace(/[_\d]+$/, '')
}

/** One character before and behind is enough: a longer match would take quadratic time. */
const email = /[^\s@]@[^\s@]+\.[^\s@]/

export function containsEmail(text: string): boolean {
  return email.test(text)
}

const phoneNumber = /^\s*(\+|00)[\d\s().-]{7,20}$|^\s*[\d(][\d\s().-]{8,20}$/

/** Whether the whole text looks like a phone number, with or without its country code. */
export function isPhoneNumber(text: string, minDigits = 9): boolean {
  return phoneNumber.test(text) && text.replace(/\D/g, '').length >= minDigits
}

/** Matches from the beginning of a word only: trying each of its letters would take quadratic time. */
const emails = /(?<![^\s@<>()",;:[\]\\])[^\s@<>()",;:[\]\\]+@[^\s@<>()",;:[\]\\]+\.[^\s@<>()",;:[\]\\]+/g
const internationalPhones = /(\+|\b00)\d[\d\s().-]{7,20}\d/g
/**
 * Removes e-mail addresses and international phone numbers. Gives the same text where there are none.
 * @param key key of the text, as for isPersonalKey; in an id `00` does not begin a phone number
 */
export function redactText(text: string, key = ''): string {
  if (!text.includes('@') && !text.includes('+') && !text.includes('00')) return text
  const redacted = text
    .replace(emails, '')
    // A GTIN-14 and a padded order number begin with zeros.
    .replace(internationalPhones, (phone) => (phone.startsWith('00') && isIdKey(key) ? phone : ''))
  return redacted === text ? text : redacted.trim()
}

/** Whether redactText would change the text. */
export function containsPersonalData(text: string, key = ''): boolean {
  return redactText(text, key) !== text
}
