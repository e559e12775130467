/** Recognises personal data by keys and by values. Page addresses and properties share this one list. */
import { LRUCache } from 'lru-cache'
import { type ParseBudget, removePhones } from './phone.js'

/** Words for people and for the parties of an order. */
const person =
  '(addressee|attendee|billing|bill_?to|buyer|cardholder|client|consignee|contact|customer|delivery|guest|holder|member' +
  '|owner|passenger|patient|payer|person|purchaser|receiver|recipient|shipping|ship_?to|sold_?to|student|subscriber|user|your)s?'

/**
 * Keys in snake case whose values are personal or secret, whatever they are. `name` alone is not: products have names.
 */
const personalKeys = new RegExp(
  [
    // email, customer_phone, mobile_number, but not is_mobile
    `(^|_)(?<!(^|_)(is|has)_)(${person}_?)?((e_?)?mail|((cell|mobile|tele)_?)?phone|mobile|tel|fax|msisdn|whats_?app)s?(_?(address(es)?|numbers?))?$`,
    // buyer_name, billing_last_name, surname, but not product_name
    `(^|_)(${person}|first|given|last|maiden|middle)_?names?$`,
    `(^|_)(surname|forename|nickname|[fl]_?name)s?$`,
    // full_name, family_name, but not product_full_name
    `(^|_)(?<!(^|_)(brand|category|collection|content|file|font|item|page|product)_)(full|family)_?names?$`,
    // address, shipping_address_1, street, but not page_address
    `^address(es)?(_?lines?)?$`,
    `(^|_)(${person}|current|default|home|invoice|ip|mailing|postal|primary|residential|street|work)_?address(es)?(_?lines?)?$`,
    // browser_ip, but not ship or zip
    `^(${person}_|browser_|remote_)?ip(_?addr)?$`,
    `(^|_)street(_?(names?|numbers?|lines?))?$`,
    // zip_code, billing_postcode, but not zip_file
    `^(${person}_)?(zip|postal|post)(_?codes?)$|^(${person}_)?zip$`,
    // A party of an order as a text is a name.
    '^(addressee|buyer|cardholder|consignee|payer|purchaser|recipient)s?$',
    '(^|_)(date_of_birth|birth_?(date|day)|dob)$',
    '(^|_)(ssn|social_security(_number)?|passport(_?(no|number))?|national_id(_?number)?|tax_?payer_id|cpf|iban|(card|cc)_?number)$',
    // The same in other languages.
    '(^|_)(vorname|nachname|prenom|cognome|apellidos?|telefono?|telephone|handy_?nummer|correo(_electronico)?)$',
    // order_key opens an order, reset_token an account.
    '(^|_)(password|passwd|pwd|secret|token|jwt|(access|activation|api|order|private|reset|rp)_?key|signature|session_?id)s?$',
  ].join('|'),
)

/** Keys in snake case of objects that describe a person: `customer`, `shipping_address`, `billing_details`. */
const personObjects = new RegExp(
  `^${person}(_?(data|details?|infos?|information|person|profile))?$|^(person|profile)s?$`,
)

/** Only the end of a longer key is read: patterns take quadratic time, and caches keep their keys. */
const maxKeyLength = 200
const endOf = (key: string) => (key.length > maxKeyLength ? key.slice(-maxKeyLength) : key)

const knownObjects = new LRUCache<string, boolean>({
  max: 5_000,
  memoMethod: (key) => personObjects.test(lastPart(key)),
})

/** Whether the values of a key may be persons as a whole. @param key as for isPersonalKey */
export function isPersonKey(key: string): boolean {
  return key !== '' && knownObjects.memo(key)
}

/** A key that is an e-mail address or a phone number itself. */
const personalText = /@|\+[\s(]*\d[\d\s()./-]{6}/

/** Whether a key itself is personal data, so that no warning may quote it. */
export const isPersonalText = (key: string): boolean => personalText.test(key)

const knownKeys = new LRUCache<string, boolean>({ max: 5_000 })

/**
 * Whether the values of a key are personal data or secrets.
 * @param key in any case, or a path such as `billing.phone`, `customer[phone]` and `customers[0].name`
 * @param parent key of the object around it; only `name` depends on it
 */
export function isPersonalKey(key: string, parent = ''): boolean {
  const path = endOf(/^names?$/i.test(key) ? `${parent}.${key}` : key)
  let isPersonal = knownKeys.get(path)
  if (isPersonal === undefined) {
    const [last = '', before] = lastParts(path)
    isPersonal =
      personalText.test(path) ||
      personalKeys.test(last) ||
      (before !== undefined && personalKeys.test(`${before}_${last}`))
    knownKeys.set(path, isPersonal)
  }
  return isPersonal || (key.length > maxKeyLength && personalText.test(key))
}

/**
 * Keys in snake case of ids and product numbers, which may have as many digits as a phone number: `order_id`, `sku`,
 * `transactionId`, `gtin13`, `invoice_number`.
 */
const idKeys =
  /(^|_)(((cart|checkout|content|event|item|order|product|shop|transaction|variant)_?)?ids?|skus?|gtin|ean|upc|isbn|issn|asin|mpn|imei|barcode|part|serial|tracking|variant|product|item|order|invoice|transaction|page|ref|reference)(_?(numbers?|no|code))?$/

/** The last part of a key in snake case, such as `order_key` of `order[orderKey]`. */
export const lastPart = (key: string): string => lastParts(key)[0] ?? ''

/** Whether the values of a key are ids. @param key as for isPersonalKey */
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

/**
 * An address has a domain with a real end: `order@2026.11` and `v@1.2.3` have none, and `logo@2x.png` is a file. One
 * character before is enough: a longer match would take quadratic time.
 */
const email = /[^\s@]@(?!\dx\.(?:avif|gif|jpe?g|png|svg|webp)\b)(?:[^\s@.]+\.)+\p{L}\p{Cf}*\p{L}/u

export function containsEmail(text: string): boolean {
  return text.includes('@') && email.test(text)
}

const phoneNumber = /^\s*(\+|00)[\d\s().-]{7,20}$|^\s*[\d(][\d\s().-]{8,20}$/

/** Whether the whole text looks like a phone number, with or without its country code. */
export function isPhoneNumber(text: string, minDigits = 9): boolean {
  return phoneNumber.test(text) && text.replace(/\D/g, '').length >= minDigits
}

/** Matches from the beginning of a word only: trying each of its letters would take quadratic time. */
const emails =
  /(?<![^\s@<>()",;:[\]\\])[^\s@<>()",;:[\]\\]+@(?!\dx\.(?:avif|gif|jpe?g|png|svg|webp)\b)(?:[^\s@<>()",;:[\]\\.]+\.)+\p{L}\p{Cf}*\p{L}[^\s@<>()",;:[\]\\]*/gu

/** `@` in an address, also in one that is inside of another. */
const encodedAt = /%(?:25)*40/g

/**
 * Removes e-mail addresses, and phone numbers that are valid with `+` and country code. Other digits stay: part numbers
 * and ids look like national phone numbers. Gives the same text where there is nothing to remove.
 * @param budget shared by the texts of an event
 */
export function redactText(text: string, budget: ParseBudget = { parses: 10 }): string {
  const hasPlus = text.includes('+')
  if (!hasPlus && !text.includes('@') && !text.includes('40')) return text
  const withoutPhones = hasPlus ? removePhones(text, budget) : text
  const decoded = withoutPhones.replaceAll(encodedAt, '@')
  const redacted = containsEmail(decoded) ? decoded.replace(emails, '') : withoutPhones
  return redacted === text ? text : redacted.trim()
}

/** Whether redactText would change the text. */
export function containsPersonalData(text: string): boolean {
  return redactText(text) !== text
}
