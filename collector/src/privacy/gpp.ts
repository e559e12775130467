/**
 * Finds opt-outs in Global Privacy Platform and US Privacy strings. Reads only the few bits of a string that matter.
 * Source: IAB Tech Lab, Global-Privacy-Platform, "Core/Consent String Specification" and "Sections/US-*".
 */

interface Section {
  name: string
  /** Offsets of the 2-bit opt-outs of sale, sharing and targeted advertising in the core. */
  optOuts: readonly number[]
  /** Whether a GPC sub-section may follow; in other sections the second part has another meaning. */
  gpc: boolean
  versions: readonly number[]
}

const section = (name: string, optOuts: number[], gpc: boolean, versions = [1]): Section => ({
  name,
  optOuts,
  gpc,
  versions,
})

const sections: ReadonlyMap<number, Section> = new Map([
  [7, section('usnat', [18, 20, 22], true, [1, 2])],
  [8, section('usca', [12, 14], true)],
  [9, section('usva', [12, 14], false)],
  [10, section('usco', [12, 14], true)],
  [11, section('usut', [14, 16], false)],
  [12, section('usct', [12, 14], true)],
  [13, section('usfl', [12, 14], false)],
  [14, section('usmt', [12, 14], true)],
  [15, section('usor', [12, 14], true)],
  [16, section('ustx', [12, 14], true)],
  [17, section('usde', [12, 14], true)],
  [18, section('usia', [14, 16], true)],
  [19, section('usne', [12, 14], true)],
  [20, section('usnh', [12, 14], true)],
  [21, section('usnj', [12, 14], true)],
  [22, section('ustn', [12, 14], true)],
  [23, section('usmn', [12, 14], true)],
  [24, section('usmd', [16, 18], true)],
  [25, section('usin', [16, 18], false)],
  [26, section('usky', [16, 18], false)],
  [27, section('usri', [16, 18], false)],
])

/** Whether a header part may stand before the core. It begins with the section's id. */
const mayHaveHeader = (id: number) => id >= 24 && id <= 27

/**
 * The first section that opts out, such as `usca`; `undefined` for a string without opt-out and for an unreadable one.
 * Ignores unknown sections and versions.
 */
export function gppOptOut(text: string): string | undefined {
  if (text.length > 4_096) return undefined
  const [header = '', ...bodies] = text.split('~')
  const ids = sectionIds(header)
  for (const [at, id] of (ids ?? []).entries()) {
    const body = bodies[at]
    if (body === undefined) return undefined
    if (id === 6 && uspOptOut(body)) return 'uspv1'
    const known = sections.get(id)
    if (known && optsOut(body, id, known)) return known.name
  }
  return undefined
}

/** Whether the third character of a US Privacy string (`1YYN`) opts out of sale. */
export function uspOptOut(text: string): boolean {
  return /^1[YN-]Y[YN-]$/i.test(text)
}

function optsOut(body: string, id: number, { optOuts, gpc, versions }: Section): boolean {
  const parts = body.split('.')
  const bitsOfParts = parts.map(toBits)
  let at = 0
  if (mayHaveHeader(id) && readNumber(bitsOfParts[0], 0, 6) === id) at = 1
  const core = bitsOfParts[at]
  const version = readNumber(core, 0, 6)
  if (core === undefined || version === undefined || !versions.includes(version)) return false
  if (optOuts.some((offset) => readNumber(core, offset, 2) === 1)) return true
  return gpc && bitsOfParts.slice(at + 1).some((bits) => bits?.startsWith('011'))
}

/** The section ids of the header, in order; nothing for a header of another type or version. */
function sectionIds(header: string): number[] | undefined {
  const bits = toBits(header)
  if (bits === undefined || readNumber(bits, 0, 6) !== 3 || readNumber(bits, 6, 6) !== 1) return undefined
  const count = readNumber(bits, 12, 12) ?? 0
  const ids: number[] = []
  let at = 24
  let last = 0
  for (let entry = 0; entry < count; entry++) {
    const isGroup = bits[at++] === '1'
    const start = readFibonacci(bits, at)
    if (!start) return undefined
    at = start.end
    last += start.value
    ids.push(last)
    if (!isGroup) continue
    const length = readFibonacci(bits, at)
    if (!length || length.value > 100) return undefined
    at = length.end
    for (let more = 0; more < length.value; more++) ids.push(++last)
  }
  return ids
}

/** Reads a Fibonacci code: bits weigh 1, 2, 3, 5, 8, …, and the first `11` ends it. */
function readFibonacci(bits: string, from: number): { value: number; end: number } | undefined {
  let value = 0
  let [weight, next] = [1, 2]
  for (let at = from; at < bits.length; at++) {
    if (bits[at] === '1') {
      value += weight
      if (bits[at + 1] === '1') return { value, end: at + 2 }
    }
    ;[weight, next] = [next, weight + next]
  }
  return undefined
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Six bits for each character; nothing for a text with other characters. */
function toBits(text: string): string | undefined {
  let bits = ''
  for (const character of text) {
    const value = alphabet.indexOf(character)
    if (value === -1) return undefined
    bits += value.toString(2).padStart(6, '0')
  }
  return bits
}

function readNumber(bits: string | undefined, from: number, length: number): number | undefined {
  return bits !== undefined && bits.length >= from + length
    ? Number.parseInt(bits.slice(from, from + length), 2)
    : undefined
}
