/** The bytes of the embedded table: collector/data/encode.ts writes them, this reads them, and believes nothing. */
import { states } from './place.js'

/** The first three codes; the states follow. */
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

/** Starts of ranges, each with its code; the first start is 0, a range goes on to the next. */
export interface Ranges {
  header: TableHeader
  starts4: Uint32Array
  codes4: Uint8Array
  /** Starts of /48 networks: the top 32 bits and the next 16. */
  high6: Uint32Array
  low6: Uint16Array
  codes6: Uint8Array
}

/** @throws Error that says what is wrong with the bytes */
export function decode(raw: Uint8Array): Ranges {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength)
  const headerEnd = raw.length < 4 ? Infinity : 4 + view.getUint32(0, true)
  if (headerEnd > raw.length) throw new Error('it ends within its header')
  const header = readHeader(new TextDecoder().decode(raw.subarray(4, headerEnd)))
  const { n4, n6, names } = header
  // Each range has a delta and a code: a forged count must not ask for more memory than the file has.
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

/** Varints of 7 bits, low first; sums pass 32 bits, hence no shifts. Gives the offset behind them. */
function readStarts(
  raw: Uint8Array,
  from: number,
  count: number,
  limit: number,
  take: (start: number, index: number) => void,
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
    take(start, index)
  }
  return at
}

/** A copy, so that the unpacked file can be let go. */
function readCodes(raw: Uint8Array, from: number, count: number, known: number): Uint8Array {
  const codes = new Uint8Array(raw.subarray(from, from + count))
  for (let at = 0; at < count; at++) {
    if ((codes[at] as number) >= known) throw new Error('it has a code without a name')
  }
  return codes
}
