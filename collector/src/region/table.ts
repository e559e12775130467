/** The embedded table: loads the file with the ranges of all addresses and finds the code of one. */
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { brotliDecompress } from 'node:zlib'
import { decode, type TableHeader, unknownCode } from './format.js'
import { createKey, type Key, readKey } from './ip-key.js'

export interface Table {
  readonly header: TableHeader
  /** The code of an address, by the names of the header; `unknownCode` for a text that is none. */
  lookup(address: string): number
  codeOf(key: Key): number
}

export type TableResult = { ok: true; table: Table } | { ok: false; problem: string }

/** Bytes of an unpacked file; today's has five million. */
const largest = 16_000_000

/** Reads and unpacks off the event loop; about 0.1 s in all, so at start only. */
export async function loadTable(path: string | URL): Promise<TableResult> {
  try {
    const packed = await readFile(path)
    // In one piece, for pieces are copied; a file that unpacks without end must not eat the memory.
    const raw = await promisify(brotliDecompress)(packed, { chunkSize: largest, maxOutputLength: largest })
    return { ok: true, table: createTable(raw) }
  } catch (error) {
    const cause = error instanceof Error ? error.message : 'unknown error'
    return {
      ok: false,
      problem: `The region table ${String(path)} cannot be used (${cause}): restore the file of the release, or build it again with collector/data/build.ts.`,
    }
  }
}

/**
 * @param raw the unpacked file
 * @throws Error that says what is wrong with it
 */
export function createTable(raw: Uint8Array): Table {
  const { header, starts4, codes4, high6, low6, codes6 } = decode(raw)
  const codeOf = (key: Key) =>
    (key.family === 4 ? codes4[find4(starts4, key.high)] : codes6[find6(high6, low6, key)]) as number
  const own = createKey()
  return { header, codeOf, lookup: (address) => (readKey(address, own) ? codeOf(own) : unknownCode) }
}

/** Whole months from the day of the data until now, never negative. */
export function ageInMonths(built: string, now: number): number {
  const days = (now - Date.parse(built)) / 86_400_000
  return Math.max(0, Math.floor(days / 30.4375))
}

/** The last start that is not above; the first start is 0. */
function find4(starts: Uint32Array, wanted: number): number {
  let low = 0
  let high = starts.length
  while (high - low > 1) {
    const middle = (low + high) >>> 1
    if ((starts[middle] as number) <= wanted) low = middle
    else high = middle
  }
  return low
}

function find6(highs: Uint32Array, lows: Uint16Array, wanted: Key): number {
  let low = 0
  let high = highs.length
  while (high - low > 1) {
    const middle = (low + high) >>> 1
    const top = highs[middle] as number
    if (top < wanted.high || (top === wanted.high && (lows[middle] as number) <= wanted.low)) low = middle
    else high = middle
  }
  return low
}
