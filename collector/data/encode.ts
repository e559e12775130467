/** Writes the file of the embedded table; collector/src/region/format.ts reads it. */
import { brotliCompressSync, constants } from 'node:zlib'
import type { Starts } from './walk.js'

export interface About {
  source: string
  licence: string
  /** Day of the data, such as `2026-06-05`. */
  built: string
  names: string[]
}

/** Length of the header, header, then for each family the starts as deltas and the codes. */
export function encode(about: About, ipv4: Starts, ipv6: Starts): Buffer {
  const { source, licence, built, names } = about
  const n4 = ipv4.starts.length
  const n6 = ipv6.starts.length
  const header = Buffer.from(JSON.stringify({ source, licence, built, n4, n6, names }))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(header.length)
  const families = [ipv4, ipv6].flatMap(({ starts, codes }) => [deltas(starts), Buffer.from(codes)])
  return Buffer.concat([length, header, ...families])
}

/** The best that brotli can do: half a minute once, for everybody who downloads it. */
export function compress(raw: Buffer): Buffer {
  return brotliCompressSync(raw, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_LGWIN]: 24,
      [constants.BROTLI_PARAM_SIZE_HINT]: raw.length,
    },
  })
}

/** Varints: 7 bits a byte, low first, the high bit says that more follow. Deltas pass 32 bits: no shifts. */
function deltas(starts: readonly number[]): Buffer {
  const bytes: number[] = []
  let before = 0
  for (const start of starts) {
    let rest = start - before
    before = start
    while (rest > 127) {
      bytes.push((rest % 128) + 128)
      rest = Math.floor(rest / 128)
    }
    bytes.push(rest)
  }
  return Buffer.from(bytes)
}
