/** Recognises what templates and programs print for nothing. Such a value would be one person, or one click, for all. */

/** As programs print them. Their hashes are refused too, in these spellings and in lower and upper case. */
export const placeholderTexts: readonly string[] = [
  ...['undefined', 'null', '(null)', '<null>', 'NaN', 'None', '(none)', 'nil', 'n/a', '#N/A', '(not set)'],
  ...['[object Object]', '[object Undefined]', '[object Null]', '__CLICKID__', '""', '[]', '{}'],
  ...['+undefined', '+null', '+NaN'],
]

/** What the id of a guest and a missing phone number look like. Their hashes are refused as well. */
export const nobodyTexts: readonly string[] = ['', '0', '-1', '+', '+0']

const printed = new Set(placeholderTexts.map((text) => text.toLowerCase()))
const nobody = new Set(nobodyTexts)
/** Longer texts are no placeholder as a whole, but may hold a template. */
const maxLength = 100
/** `Purchase.undefined`: a program joined a name and nothing. */
const joined = /[._:#-](?:undefined|null|NaN|\[object \w+\])$/
/** Macros of ads, such as `__CLICKID__` and `__CAMPAIGN_NAME__`. */
const macro = /^(?:__+[a-z][a-z\d_]*__+|_+clickid_+)$/i
/** `{{ user.id }}`, `{% id %}`, `${id}`, `%%id%%` and `<%= id %>`, anywhere. */
const template = /\{\{[^{}]*\}\}|\{%[^%]*%\}|\$\{[^{}]*\}|%%[^%]*%%|<%[^%]*%>/
/** `{id}`, `#{id}`, `@{id}` and `%id%`, as the whole text. */
const wholeTemplate = /^(?:[#@]?\{[^{}]*\}|%[\w.]+%)$/

/** How a placeholder begins and ends. Other texts, which are nearly all, need no further check. */
const mayBegin = /^[\s(<#[_@{%"+nu]/i
const mayEnd = 'dlN]'

/** Whether an id, a hash or a field stands for nothing. */
export function isPlaceholder(text: string): boolean {
  if (text.length <= maxLength) {
    if (mayBegin.test(text) && isWholePlaceholder(text.trim())) return true
    if (mayEnd.includes(text.charAt(text.length - 1)) && joined.test(text)) return true
  }
  return (text.includes('{') || text.includes('%')) && template.test(text)
}

function isWholePlaceholder(text: string): boolean {
  return printed.has(text.toLowerCase()) || macro.test(text) || wholeTemplate.test(text)
}

const mayBeNobody = /^(?:[\s0+-]|$)/
const zeros = /^[-+]?[0-]+(?:\.0+)?$/

/** Whether an id of a person or a click stands for nobody: empty, a placeholder, zeros as guests have, or -1. */
export function isNobody(text: string): boolean {
  if (mayBeNobody.test(text)) {
    const trimmed = text.trim()
    if (nobody.has(trimmed) || zeros.test(trimmed)) return true
  }
  return isPlaceholder(text)
}
