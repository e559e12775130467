/** Reads the ranges of a City database: where each code starts, in the order of the addresses. */
import { abroadCode, fixedNames, stateUnknownCode, unknownCode } from '../src/region/format.js'
import type { Tree } from '../src/region/mmdb.js'
import { states } from '../src/region/place.js'
import { recordPlace } from '../src/region/record.js'

/** Starts of ranges with the code of each. Neighbouring codes differ; the first start is 0. */
export interface RangeStarts {
  starts: number[]
  codes: number[]
}

export const names: string[] = [...fixedNames, ...states]

/** The code of a record in any of the three formats of record.ts. */
export function codeOf(record: unknown): number {
  const place = recordPlace(record)
  if (place === undefined) return unknownCode
  if (!place.us) return abroadCode
  return place.region === undefined ? stateUnknownCode : names.indexOf(place.region)
}

/** Visits the tree depth first and left first, so that starts come in ascending order. Decodes each record once. */
function walk(tree: Tree, family: 4 | 6, emit: (high: number, low: number, code: number) => void): void {
  const bits = family === 4 ? 32 : 64
  const codes = new Map<number, number>()
  const codeAt = (record: number): number => {
    if (record <= tree.nodeCount) return unknownCode
    const code = codes.get(record) ?? codeOf(tree.data(record))
    codes.set(record, code)
    return code
  }
  const descend = (record: number, depth: number, high: number, low: number): void => {
    if (record >= tree.nodeCount) {
      emit(high, low, codeAt(record))
    } else if (family === 6 && depth > 0 && record === tree.ipv4Start) {
      // An IPv6 tree may hold 6to4 and Teredo as aliases of its IPv4 half. The table leaves tunnels unknown.
      emit(high, low, unknownCode)
    } else if (depth < bits) {
      const bit = 2 ** (31 - (depth % 32))
      descend(tree.left(record), depth + 1, high, low)
      descend(tree.right(record), depth + 1, depth < 32 ? high + bit : high, depth < 32 ? low : low + bit)
    } else {
      // The table keeps nothing finer: the first address stands for the whole /64.
      descend(tree.left(record), depth, high, low)
    }
  }
  descend(family === 4 ? tree.ipv4Start : 0, 0, 0, 0)
}

/** @param tree an IPv4 tree, or an IPv6 tree that holds IPv4 */
export function ranges4(tree: Tree): RangeStarts {
  const found: RangeStarts = { starts: [], codes: [] }
  walk(tree, 4, (start, _, code) => {
    if (found.codes.at(-1) === code) return
    found.starts.push(start)
    found.codes.push(code)
  })
  return found
}

/**
 * Gives starts as /48 keys, so that each /48 has the code of its first address. A start within a /48 moves up to the
 * next /48; where several starts meet, the last one wins.
 */
export function ranges6(tree: Tree): RangeStarts {
  const { starts, codes }: RangeStarts = { starts: [], codes: [] }
  walk(tree, 6, (high, low, code) => {
    const start = high * 0x1_0000 + Math.ceil(low / 0x1_0000)
    if (start === 2 ** 48) return
    if (starts.at(-1) === start) codes[codes.length - 1] = code
    else {
      starts.push(start)
      codes.push(code)
    }
  })
  return mergeEqual({ starts, codes })
}

function mergeEqual({ starts, codes }: RangeStarts): RangeStarts {
  const changes = (_: number, at: number) => at === 0 || codes[at] !== codes[at - 1]
  return { starts: starts.filter(changes), codes: codes.filter(changes) }
}
