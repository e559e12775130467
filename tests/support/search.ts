// Searches files and texts for strings that must not be there, in plain and in encoded form.
import { closeSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'

export interface Finding {
  /** Path of the file, or the name given to a text. */
  where: string
  needle: string
  /** Encoding in which it was found. */
  form: string
  /** Bytes from the start. */
  offset: number
}

const chunkBytes = 8 * 1024 * 1024

/**
 * Searches every file below `dir` for each needle: plain (in any case), percent-encoded, JSON-escaped, as UTF-16,
 * hex and base64. Throws if there is no file, because such a search would prove nothing.
 */
export function searchFiles(dir: string, needles: string[]): Finding[] {
  const forms = allForms(needles)
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  if (files.length === 0) throw new Error(`There is no file in ${dir}, so a search there proves nothing.`)
  return files.flatMap((entry) => searchFile(join(entry.parentPath, entry.name), forms))
}

/** The same search in a text, such as a log. */
export function searchText(where: string, text: string, needles: string[]): Finding[] {
  return findAll(where, Buffer.from(text), 0, allForms(needles))
}

interface Form {
  needle: string
  form: string
  /** As latin1, in lower case if `anyCase`. */
  bytes: string
  anyCase: boolean
}

function allForms(needles: string[]): Form[] {
  if (needles.length === 0) throw new Error('With nothing to search for, a search proves nothing.')
  return needles.flatMap(formsOf)
}

function formsOf(needle: string): Form[] {
  if (needle.length < 3) throw new Error(`"${needle}" is too short to search for: any file may hold it.`)
  const utf8 = Buffer.from(needle)
  const escaped = JSON.stringify(needle)
    .slice(1, -1)
    .replace(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
  const readable: [string, Buffer][] = [
    ['plain', utf8],
    ['percent-encoded', Buffer.from(encodeURIComponent(needle))],
    ['form-encoded', Buffer.from(encodeURIComponent(needle).replaceAll('%20', '+'))],
    ['JSON-escaped', Buffer.from(escaped)],
    ['UTF-16', Buffer.from(needle, 'utf16le')],
    ['hex', Buffer.from(utf8.toString('hex'))],
  ]
  const forms = readable.map(([form, bytes]) => ({ needle, form, bytes: latin(bytes, true), anyCase: true }))
  // Base64 depends on the bytes before it: there are three alignments, each without the characters that it shares
  // with its neighbours. A short rest would be found by chance.
  for (const before of [0, 1, 2]) {
    const whole = Buffer.concat([Buffer.alloc(before), utf8])
      .toString('base64')
      .replace(/=+$/, '')
    const middle = whole.slice(
      before === 0 ? 0 : before + 1,
      (before + utf8.length) % 3 === 0 ? undefined : -1,
    )
    if (middle.length < 10) continue
    const urlSafe = middle.replaceAll('+', '-').replaceAll('/', '_')
    forms.push({ needle, form: 'base64', bytes: middle, anyCase: false })
    forms.push({ needle, form: 'base64url', bytes: urlSafe, anyCase: false })
  }
  // Most forms of a plain ASCII word are equal.
  return forms.filter((form, i) => forms.findIndex((other) => other.bytes === form.bytes) === i)
}

function searchFile(path: string, forms: Form[]): Finding[] {
  const overlap = Math.max(...forms.map((form) => form.bytes.length)) - 1
  const found: Finding[] = []
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (error) {
    // A write-ahead log may go while its database is closed.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
  try {
    const buffer = Buffer.alloc(chunkBytes)
    for (let start = 0; ; ) {
      const read = readSync(file, buffer, 0, chunkBytes, start)
      found.push(...findAll(path, buffer.subarray(0, read), start, forms))
      if (read < chunkBytes) break
      start += read - overlap
    }
  } finally {
    closeSync(file)
  }
  return found
}

/** The first place of each form. */
function findAll(where: string, bytes: Buffer, start: number, forms: Form[]): Finding[] {
  const exact = latin(bytes, false)
  const lower = latin(bytes, true)
  return forms.flatMap(({ needle, form, bytes: wanted, anyCase }) => {
    const at = (anyCase ? lower : exact).indexOf(wanted)
    return at < 0 ? [] : [{ where, needle, form, offset: start + at }]
  })
}

/** One character a byte; only ASCII letters lose their case, so that no length changes. */
function latin(bytes: Buffer, lower: boolean): string {
  if (!lower) return bytes.toString('latin1')
  const copy = Buffer.from(bytes)
  for (let i = 0; i < copy.length; i++) {
    const byte = copy[i] as number
    if (byte >= 0x41 && byte <= 0x5a) copy[i] = byte | 0x20
  }
  return copy.toString('latin1')
}
