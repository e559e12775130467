/** Decodes the embedded table, which collector/data/encode.ts encodes, and checks every byte of it. */
import { states } from './place.js'

/** The first three codes; those of the states follow. */
export const unknownCode = 0
export const abroadCode = 1
export const stateUnknownCode = 2
export const fixedNames = ['', '~', 'US'] as const

export interface TableHeader {
  source: string
  licence: string
  /** Day of the source's data, such as `2026-06-05`. */
  built: string
  n4: number
  n6: number
  /** What each code means: `""`, `~`, `US`, then states. */
  names: string[]
}

/** Starts of ranges with the code of each. The first start is 0; a range ends where the next one starts. */
export interface Ranges {
  header: TableHeader
  starts4: Uint32Array
  codes4: Uint8Array
  /** Starts of /48 networks: the top 32 bits and the next 16. */
  high6: Uint32Array
  low6: Uint16Array
  codes6: Uint8Array
}

/** @throws Error that names the fault in the bytes */
export function decode(raw: Uint8Array): Ranges {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength)
  const headerEnd = raw.length < 4 ? Infinity : 4 + view.getUint32(0, true)
  if (headerEnd > raw.length) throw new Error('it ends within its header')
  const header = readHeader(new TextDecoder().decode(raw.subarray(4, headerEnd)))
  const { n4, n6, names } = header
  // Each range takes two bytes or more: a forged count must not allocate more memory than the file needs.
  if (headerEnd + 2 * (n4 + n6) > raw.length) throw new Error('it ends within its ranges')

  const starts4 = new Uint32Array(n4)
  const high6 = new Uint32Array(n6)
  const low6 = new Uint16Array(n6)
  let at = readStarts(raw, headerEnd, n4, 2 ** 32, (start, index) => {
    starts4[index] = start
  })
  const codes4 = readCodes(raw, at, n4, names.length)
  at = readStarts(raw, at + n4, n6, 2 ** 48, (start, index) => {
    high6[index] = Math.floor(start / 0x1_0000)
    low6[index] = start % 0x1_0000
  })
  const codes6 = readCodes(raw, at, n6, names.length)
  if (at + n6 !== raw.length) throw new Error('its length does not fit its header')
  return { header, starts4, codes4, high6, low6, codes6 }
}

function readHeader(text: string): TableHeader {
  let header: Partial<TableHeader> | null
  try {
    header = JSON.parse(text)
  } catch {
    throw new Error('its header is not JSON')
  }
  const { source, licence, built, n4, n6, names } = header ?? {}
  const isCount = (value: unknown) => Number.isInteger(value) && (value as number) >= 1
  const isNames =
    Array.isArray(names) &&
    names.length <= 256 &&
    fixedNames.every((name, code) => names[code] === name) &&
    names.slice(fixedNames.length).every((name) => states.includes(name))
  if (typeof source !== 'string' || typeof licence !== 'string') throw new Error('its header names no source')
  if (typeof built !== 'string' || Number.isNaN(Date.parse(built))) throw new Error('its header has no date')
  if (!isCount(n4) || !isCount(n6) || !isNames) throw new Error('its header does not fit this version')
  return { source, licence, built, n4, n6, names } as TableHeader
}

/**
 * Decodes the starts from their differences: varints of 7 bits, low bits first. Shifts would cut the sums to 32 bits.
 * @returns the offset behind the last varint
 */
function readStarts(
  raw: Uint8Array,
  from: number,
  count: number,
  limit: number,
  onStart: (start: number, index: number) => void,
): number {
  let at = from
  let start = 0
  for (let index = 0; index < count; index++) {
    let delta = 0
    let weight = 1
    for (;;) {
      const byte = raw[at++]
      if (byte === undefined || weight > limit) throw new Error('it ends within its ranges')
      delta += (byte & 0x7f) * weight
      if (byte < 0x80) break
      weight *= 128
    }
    start += delta
    if (start >= limit || (delta === 0) !== (index === 0)) throw new Error('its ranges are out of order')
    onStart(start, index)
  }
  return at
}

/** Copies the codes, so that the unpacked file can be garbage-collected. */
function readCodes(raw: Uint8Array, from: number, count: number, nameCount: number): Uint8Array {
  const codes = new Uint8Array(raw.subarray(from, from + count))
  for (let at = 0; at < count; at++) {
    if ((codes[at] as number) >= nameCount) throw new Error('it has a code without a name')
  }
  return codes
}
