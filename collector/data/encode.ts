/** Encodes the embedded table; collector/src/region/format.ts decodes it. */
import { brotliCompressSync, constants } from 'node:zlib'
import type { RangeStarts } from './walk.js'

export interface TableMetadata {
  source: string
  licence: string
  /** Day of the data, such as `2026-06-05`. */
  built: string
  names: string[]
}

/** Layout: length of the header, the header, then for IPv4 and IPv6 the starts as deltas and the codes. */
export function encode(metadata: TableMetadata, ipv4: RangeStarts, ipv6: RangeStarts): Buffer {
  const { source, licence, built, names } = metadata
  const n4 = ipv4.starts.length
  const n6 = ipv6.starts.length
  const header = Buffer.from(JSON.stringify({ source, licence, built, n4, n6, names }))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(header.length)
  const families = [ipv4, ipv6].flatMap(({ starts, codes }) => [deltas(starts), Buffer.from(codes)])
  return Buffer.concat([length, header, ...families])
}

/** Compresses at brotli's highest quality, which takes half a minute. */
export function compress(raw: Buffer): Buffer {
  return brotliCompressSync(raw, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_LGWIN]: 24,
      [constants.BROTLI_PARAM_SIZE_HINT]: raw.length,
    },
  })
}

/**
 * Encodes the differences as varints: 7 bits a byte, low bits first, the high bit set on all bytes but the last.
 * Shifts would cut the differences to 32 bits.
 */
function deltas(starts: readonly number[]): Buffer {
  const bytes: number[] = []
  let previous = 0
  for (const start of starts) {
    let rest = start - previous
    previous = start
    while (rest > 127) {
      bytes.push((rest % 128) + 128)
      rest = Math.floor(rest / 128)
    }
    bytes.push(rest)
  }
  return Buffer.from(bytes)
}
