/** What a form sent: texts by field, without what no field may hold. */

export interface Form {
  /** Trimmed, in one line; '' when absent. */
  text(name: string): string
  /** As it came, in several lines. */
  raw(name: string): string
  /** Ticked. */
  flag(name: string): boolean
}

/** Control and invisible characters come from no keyboard; URLSearchParams gives no lone surrogates. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
const unwanted = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\ufeff]/g

/** @param body as the browser sends it, `application/x-www-form-urlencoded` */
export function readForm(body: unknown): Form {
  const fields = new URLSearchParams(typeof body === 'string' ? body : '')
  return {
    text: (name) => (fields.get(name) ?? '').replace(unwanted, '').trim(),
    raw: (name) => fields.get(name) ?? '',
    flag: (name) => fields.has(name),
  }
}
