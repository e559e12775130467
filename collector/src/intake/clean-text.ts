/** Cleans texts of what nobody sees: control and format characters, and the entities of HTML. */

/** Anything but visible ASCII and spaces. */
const mayNeedCleaning = /[^ -~]/
const lineBreaks = /[\t\n\v\f\r\u0085\u2028\u2029]+/g
const controls = /\p{Cc}/gu
// Beside format characters also variation selectors and fillers, which are not in Cf.
const invisible = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu

/** Unicode NFC, trimmed, without control and format characters. Tabs and line breaks become spaces. */
export function cleanText(text: string): string {
  if (!mayNeedCleaning.test(text)) return text.trim()
  return text.replace(lineBreaks, ' ').replace(invisible, '').normalize('NFC').trim()
}

/** As cleanText, but line breaks and tabs are removed: addresses and numbers have none. */
export function cleanToken(text: string): string {
  return mayNeedCleaning.test(text) ? cleanText(text.replace(controls, '')) : text.trim()
}

const namedEntities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
}
const entity = /&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|(amp|lt|gt|quot|apos|nbsp));/g

/** Decodes the entities that templates write into fields: `O&#039;Brien`. Some templates do it twice. */
export function decodeEntities(text: string): string {
  if (!text.includes('&')) return text
  const once = text.replace(entity, decodeEntity)
  return once === text ? text : once.replace(entity, decodeEntity)
}

function decodeEntity(_: string, decimal?: string, hex?: string, name?: string): string {
  if (name !== undefined) return namedEntities[name] ?? ''
  const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal)
  const isCharacter = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
  return isCharacter ? String.fromCodePoint(code) : ''
}
