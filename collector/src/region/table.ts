/** Loads the embedded table of address ranges and looks up the code of an address. */
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { brotliDecompress } from 'node:zlib'
import { dayMs } from '../time.js'
import { decode, type TableHeader, unknownCode } from './format.js'
import { createIpKey, type IpKey, readIpKey } from './ip-key.js'

export interface Table {
  readonly header: TableHeader
  /** The code of an address, an index into the names of the header; `unknownCode` for any other text. */
  lookup(address: string): number
  codeOf(key: IpKey): number
}

export type TableResult = { ok: true; table: Table } | { ok: false; problem: string }

/** Limit of the unpacked size; the current table has five million bytes. */
const maxRawBytes = 16_000_000

/** Reads and unpacks the file in about 0.1 s, off the event loop. Call it at start only. */
export async function loadTable(path: string | URL): Promise<TableResult> {
  try {
    const packed = await readFile(path)
    // One chunk avoids copying. The limit stops a file that unpacks without end.
    const raw = await promisify(brotliDecompress)(packed, {
      chunkSize: maxRawBytes,
      maxOutputLength: maxRawBytes,
    })
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
 * @throws Error that names the fault in the file
 */
export function createTable(raw: Uint8Array): Table {
  const { header, starts4, codes4, high6, low6, codes6 } = decode(raw)
  const codeOf = (key: IpKey) =>
    (key.family === 4 ? codes4[find4(starts4, key.high)] : codes6[find6(high6, low6, key)]) as number
  const scratch = createIpKey()
  return {
    header,
    codeOf,
    lookup: (address) => (readIpKey(address, scratch) ? codeOf(scratch) : unknownCode),
  }
}

const daysPerMonth = 365.25 / 12

/**
 * Whole months from the day of the data until now, never negative.
 * @param built such as `2026-06-05`
 * @param now Unix milliseconds
 */
export function ageInMonths(built: string, now: number): number {
  const days = (now - Date.parse(built)) / dayMs
  return Math.max(0, Math.floor(days / daysPerMonth))
}

/** Index of the last start that is not above the address. */
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

function find6(highs: Uint32Array, lows: Uint16Array, wanted: IpKey): number {
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
