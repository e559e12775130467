/** Reads a submitted form: text by field name, without invisible characters. */

export interface Form {
  /** Trimmed, on one line; '' when absent. */
  text(name: string): string
  /** Unchanged, with line breaks; '' when absent. */
  raw(name: string): string
  /** Whether a checkbox is checked or a button was pressed. */
  flag(name: string): boolean
}

/** Control and invisible characters, which no keyboard types. URLSearchParams never yields lone surrogates. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this removes.
const invisible = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\ufeff]/g

/** @param body `application/x-www-form-urlencoded` */
export function readForm(body: unknown): Form {
  const fields = new URLSearchParams(typeof body === 'string' ? body : '')
  return {
    text: (name) => (fields.get(name) ?? '').replace(invisible, '').trim(),
    raw: (name) => fields.get(name) ?? '',
    flag: (name) => fields.has(name),
  }
}
