/** The owner's own database: asks it for a place, and takes a new file without a restart or a crash. */
import { type Stats, unwatchFile, watchFile } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { isIP } from 'node:net'
import type { Reader } from 'mmdb-lib'
import { readMmdb, type Tree } from './mmdb.js'
import type { Place } from './place.js'
import { recordPlace } from './record.js'

export interface Geoip {
  /** @returns `undefined` where the file names no country, or does not cover the address's family */
  find(address: string): Place | undefined
  /** Such as `GeoLite2-City`, and the day of its data. */
  about(): { type: string; built: string }
  close(): void
}

export interface GeoipOptions {
  /** Told when a new file is refused; the old one stays in use. */
  warn: (message: string) => void
  /** How often the file is looked at; 5 s unless told. */
  intervalMs?: number
}

export type GeoipResult = { ok: true; geoip: Geoip } | { ok: false; problem: string }

/** @returns the database, or the sentence with which the collector refuses to start */
export async function openGeoip(path: string, options: GeoipOptions): Promise<GeoipResult> {
  let database: Database
  try {
    database = await read(path)
  } catch (error) {
    const problem = `The database ${path} cannot be used (${cause(error)}): give the path of a readable City .mmdb file in TAGFERRY_GEOIP_DB, or leave the setting out.`
    return { ok: false, problem }
  }
  let closed = false
  const changed = async (now: Stats, before: Stats) => {
    if (now.mtimeMs === before.mtimeMs && now.size === before.size && now.ino === before.ino) return
    try {
      database = await read(path)
    } catch (error) {
      if (!closed) options.warn(`The new ${path} is refused, the old one stays in use: ${cause(error)}.`)
    }
  }
  const listener = (now: Stats, before: Stats) => void changed(now, before)
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
  /** Places by record: decoding a whole record for its state alone takes 10 µs. */
  known: Map<number, Place | undefined>
}

/** Records to remember, about 5 MB; a shop's visitors come from fewer. */
const most = 100_000

/** The reader answers rubbish for what is no address (`1.2.3`), and for IPv6 in an IPv4 file: both are kept from it. */
function find({ tree, known }: Database, address: string): Place | undefined {
  const family = isIP(address)
  if (family === 0 || (family === 6 && tree.ipVersion === 4)) return undefined
  try {
    const record = tree.find(address)
    if (record === undefined) return undefined
    if (known.has(record)) return known.get(record)
    const place = recordPlace(tree.data(record))
    if (known.size === most) known.clear()
    known.set(record, place)
    return place
  } catch {
    // A damaged record is no reason to lose an event.
    return undefined
  }
}

/** @throws Error that says why the file cannot be used */
async function read(path: string): Promise<Database> {
  const before = await stat(path)
  const { reader, tree } = readMmdb(await readFile(path))
  const after = await stat(path)
  // Somebody is writing it; the next look finds it changed once more.
  if (before.mtimeMs !== after.mtimeMs || before.size !== after.size) throw new Error('it is being written')
  examine(tree)
  return { reader, tree, known: new Map() }
}

/** Reads a thousand places all over the tree: a half-written file has garbage somewhere. */
function examine(tree: Tree): void {
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

const cause = (error: unknown) => (error instanceof Error ? error.message : 'unknown error')
