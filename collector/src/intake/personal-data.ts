/** Recognises personal data in texts: e-mail addresses, phone numbers, numbers of payment cards, and names. */
import { type ParseBudget, removePhones } from './phone.js'

/**
 * An address has a domain with a real end: `order@2026.11` and `v@1.2.3` have none, and `logo@2x.png` is a file. One
 * character before is enough: a longer match would take quadratic time.
 */
const email = /[^\s@]@(?!\dx\.(?:avif|gif|jpe?g|png|svg|webp)\b)(?:[^\s@.]+\.)+\p{L}\p{Cf}*\p{L}/u

/** `@` and the dot in an address, also in one that is inside of another, and as entities of HTML. */
const encodedAt = /%(?:25)*40|&(?:amp;)*(?:#0*64|#x0*40|commat);|\uff20/gi
const encodedDot = /%(?:25)*2e|&(?:amp;)*(?:#0*46|#x0*2e|period);/gi
const mayBeEncoded = /[%&\uff20]/

const decodeAddresses = (text: string) =>
  mayBeEncoded.test(text) ? text.replace(encodedAt, '@').replace(encodedDot, '.') : text

/** Whether a text holds an e-mail address, also an encoded one. */
export function containsEmail(text: string): boolean {
  const decoded = decodeAddresses(text)
  return decoded.includes('@') && email.test(decoded)
}

const phoneNumber = /^\s*(\+|00)[\d\s().-]{7,20}$|^\s*[\d(][\d\s().-]{8,20}$/

/** Whether the whole text looks like a phone number, with or without its country code. */
export function isPhoneNumber(text: string, minDigits = 9): boolean {
  return phoneNumber.test(text) && text.replace(/\D/g, '').length >= minDigits
}

/** Matches from the beginning of a word only: trying each of its letters would take quadratic time. */
const emails =
  /(?<![^\s@<>()",;:[\]\\])[^\s@<>()",;:[\]\\]+@(?!\dx\.(?:avif|gif|jpe?g|png|svg|webp)\b)(?:[^\s@<>()",;:[\]\\.]+\.)+\p{L}\p{Cf}*\p{L}[^\s@<>()",;:[\]\\]*/gu

/** One of these stands in every text that redactText changes. */
const mayBePersonal = /[@+%&\uff20]/

/**
 * Removes e-mail addresses, and phone numbers that are valid with `+` and country code. Other digits stay: part numbers
 * and ids look like national phone numbers. Gives the same text where there is nothing to remove.
 * @param budget shared by the texts of an event
 */
export function redactText(text: string, budget: ParseBudget = { parses: 10 }): string {
  if (!mayBePersonal.test(text)) return text
  const withoutPhones = text.includes('+') ? removePhones(text, budget) : text
  const decoded = decodeAddresses(withoutPhones)
  const redacted = containsEmail(decoded) ? decoded.replace(emails, '') : withoutPhones
  return redacted === text ? text : redacted.trim()
}

/** Whether redactText would change the text. */
export function containsPersonalData(text: string): boolean {
  return redactText(text) !== text
}

/** Visa, Mastercard, American Express, Discover and JCB. */
const cardNumber =
  /^(?:4(?:\d{12}|\d{15}|\d{18})|(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}|3[47]\d{13}|(?:6011|65\d\d|35\d\d)\d{12,15})$/

/** Whether the whole text is the number of a payment card, also with spaces or dashes. */
export function isCardNumber(text: string): boolean {
  if (text.length < 13 || text.length > 30) return false
  const digits = text.replace(/[\s-]/g, '')
  return cardNumber.test(digits) && hasCheckDigit(digits)
}

/** The formula of Luhn. */
function hasCheckDigit(digits: string): boolean {
  let sum = 0
  for (let at = 0; at < digits.length; at++) {
    const digit = Number(digits.charAt(digits.length - 1 - at))
    const doubled = at % 2 === 0 ? digit : digit * 2
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}

/** What programs write for a kind of person, or a person's program, instead of a name. */
const kindOfPerson =
  /^(?:anonymous|app|android|b2[bc]|basic|bronze|browser|business|chat|company|desktop|e?mail|existing|false|first|form|free|gold|guest|ios|logged[ _-]?(?:in|out)|loyal|member|mobile|new|no|none|null|old|paid|phone|platinum|premium|private|regular|registered|repeat|returning|silver|standard|trial|true|undefined|unknown|vip|visitor|web|website|whatsapp|yes)(?:[ _-](?:customer|member|user|visitor|client))?$/i

/** Whether a text under the key of a person may be a name: neither an id nor a kind of person. */
export function isPersonText(text: string): boolean {
  if (text.length < 2) return false
  const isId = /\d/.test(text) && !/[^\w.:/+=-]/.test(text)
  return !isId && !kindOfPerson.test(text)
}
