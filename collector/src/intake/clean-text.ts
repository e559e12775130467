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

/** The names of letters with accents consist of the letter and one of these: `&eacute;`. */
const marks: Readonly<Record<string, string>> = {
  acute: '\u0301',
  breve: '\u0306',
  caron: '\u030c',
  cedil: '\u0327',
  circ: '\u0302',
  dblac: '\u030b',
  dot: '\u0307',
  grave: '\u0300',
  macr: '\u0304',
  ogon: '\u0328',
  ring: '\u030a',
  tilde: '\u0303',
  uml: '\u0308',
}
const namedEntities: Readonly<Record<string, string>> = {
  ...{ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', commat: '@', period: '.' },
  ...{ lsquo: '‘', rsquo: '’', ldquo: '“', rdquo: '”', ndash: '–', mdash: '—', hyphen: '-', shy: '' },
  ...{ szlig: 'ß', oslash: 'ø', Oslash: 'Ø', aelig: 'æ', AElig: 'Æ', oelig: 'œ', OElig: 'Œ' },
  ...{ eth: 'ð', ETH: 'Ð', thorn: 'þ', THORN: 'Þ', lstrok: 'ł', Lstrok: 'Ł', dstrok: 'đ', Dstrok: 'Đ' },
  ...{ inodot: 'ı', imath: 'ı', ordf: 'ª', ordm: 'º', middot: '·' },
}
const entity = new RegExp(
  `&(?:#(\\d{1,7})|#[xX]([\\da-fA-F]{1,6})|([A-Za-z])(${Object.keys(marks).join('|')})|(${Object.keys(namedEntities).join('|')}));`,
  'g',
)

/** Decodes the entities that templates write into fields: `O&#039;Brien`. Some templates do it twice. */
export function decodeEntities(text: string): string {
  if (!text.includes('&')) return text
  const once = text.replace(entity, decodeEntity)
  return once === text ? text : once.replace(entity, decodeEntity)
}

function decodeEntity(
  _: string,
  decimal?: string,
  hex?: string,
  letter?: string,
  mark?: string,
  name?: string,
): string {
  if (name !== undefined) return namedEntities[name] ?? ''
  if (letter !== undefined && mark !== undefined) return (letter + (marks[mark] ?? '')).normalize('NFC')
  const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal)
  const isCharacter = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
  return isCharacter ? String.fromCodePoint(code) : ''
}
