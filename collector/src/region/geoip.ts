/** Looks up places in the owner's .mmdb database, and reloads the file when it changes. */
import { type Stats, unwatchFile, watchFile } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { isIP } from 'node:net'
import type { Reader } from 'mmdb-lib'
import { readMmdb, type Tree } from './mmdb.js'
import type { Place } from './place.js'
import { recordPlace } from './record.js'

export interface Geoip {
  /** @returns `undefined` where the file has no country for the address, or no addresses of its family */
  find(address: string): Place | undefined
  /** The type, such as `GeoLite2-City`, and the day of the data. */
  about(): { type: string; built: string }
  close(): void
}

export interface GeoipOptions {
  /** Called when a new file is refused; the old one stays in use. */
  warn: (message: string) => void
  /** How often the file is checked for changes; default 5 s. */
  intervalMs?: number
}

export type GeoipResult = { ok: true; geoip: Geoip } | { ok: false; problem: string }

/** @returns the database, or a sentence for the owner on why it cannot be used */
export async function openGeoip(path: string, options: GeoipOptions): Promise<GeoipResult> {
  let database: Database
  try {
    database = await read(path)
  } catch (error) {
    const problem = `The database ${path} cannot be used (${messageOf(error)}): give the path of a readable City .mmdb file in TAGFERRY_GEOIP_DB, or leave the setting out.`
    return { ok: false, problem }
  }
  let closed = false
  const reload = async (now: Stats, before: Stats) => {
    if (now.mtimeMs === before.mtimeMs && now.size === before.size && now.ino === before.ino) return
    try {
      database = await read(path)
    } catch (error) {
      if (!closed) options.warn(`The new ${path} is refused, the old one stays in use: ${messageOf(error)}.`)
    }
  }
  const listener = (now: Stats, before: Stats) => void reload(now, before)
  watchFile(path, { interval: options.intervalMs ?? 5_000, persistent: false }, listener)
  return {
    ok: true,
    geoip: {
      find: (address) => find(database, address),
      about: () => ({
        type: database.reader.metadata.databaseType,
        built: database.reader.metadata.buildEpoch.toISOString().slice(0, 10),
      }),
      close() {
        closed = true
        unwatchFile(path, listener)
      },
    },
  }
}

interface Database {
  reader: Reader<never>
  tree: Tree
  /** Places by record: decoding a record takes 10 µs. */
  placeByRecord: Map<number, Place | undefined>
}

/** About 5 MB of memory. */
const maxCachedRecords = 100_000

/** Checks the address first: the reader gives wrong answers for `1.2.3` and for IPv6 addresses in an IPv4 file. */
function find({ tree, placeByRecord }: Database, address: string): Place | undefined {
  const family = isIP(address)
  if (family === 0 || (family === 6 && tree.ipVersion === 4)) return undefined
  try {
    const record = tree.find(address)
    if (record === undefined) return undefined
    if (placeByRecord.has(record)) return placeByRecord.get(record)
    const place = recordPlace(tree.data(record))
    if (placeByRecord.size === maxCachedRecords) placeByRecord.clear()
    placeByRecord.set(record, place)
    return place
  } catch {
    // An event must not fail for a damaged record.
    return undefined
  }
}

/** @throws Error that says why the file cannot be used */
async function read(path: string): Promise<Database> {
  const before = await stat(path)
  const { reader, tree } = readMmdb(await readFile(path))
  const after = await stat(path)
  // The file is still being written: the next check sees another change.
  if (before.mtimeMs !== after.mtimeMs || before.size !== after.size) throw new Error('it is being written')
  verifyRecords(tree)
  return { reader, tree, placeByRecord: new Map() }
}

/** Reads a thousand records all over the tree, to find a file that is only partly written. */
function verifyRecords(tree: Tree): void {
  const step = Math.max(1, tree.nodeCount / 1_000)
  let countries = 0
  for (let node = 0; node < tree.nodeCount; node += step) {
    for (const record of [tree.left(Math.floor(node)), tree.right(Math.floor(node))]) {
      if (record <= tree.nodeCount) continue
      let data: unknown
      try {
        data = tree.data(record)
      } catch {
        throw new Error('it is damaged')
      }
      if (recordPlace(data) !== undefined) countries++
    }
  }
  if (countries === 0) throw new Error('it names no countries')
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : 'unknown error')
