/** Writes small .mmdb files for the tests, independently of the reader that is tested. */
import { createIpKey, readIpKey } from '../../collector/src/region/ip-key.js'

export type Value = string | number | boolean | Value[] | { [key: string]: Value }

export interface Mmdb {
  ipVersion: 4 | 6
  recordSize?: 24 | 28 | 32
  type?: string
  /** Seconds since 1970. */
  builtAt?: number
  /** Data by network, such as `128.32.0.0/16`. A later network may lie within an earlier one. */
  networks: Record<string, Value>
  /** Prefixes under which an IPv6 file repeats its IPv4 half, such as `2002::/16`. */
  aliases?: string[]
}

/** A record: empty, the index of a node, or the offset of a value in the data section. */
type Slot = { node: number } | { data: number } | undefined

export function writeMmdb({
  ipVersion,
  recordSize = 28,
  type,
  builtAt,
  networks,
  aliases = [],
}: Mmdb): Buffer {
  const nodes: [Slot, Slot][] = [[undefined, undefined]]
  const put = (bits: number[], slot: Slot) => {
    let at = 0
    for (const [depth, bit] of bits.entries()) {
      const node = nodes[at] as [Slot, Slot]
      const side = bit as 0 | 1
      if (depth === bits.length - 1) {
        node[side] = slot
        return
      }
      const child = node[side]
      if (child && 'node' in child) at = child.node
      else {
        // Splits the network: both halves keep its data.
        node[side] = { node: nodes.length }
        at = nodes.push([child, child]) - 1
      }
    }
  }
  const chunks: Buffer[] = []
  let size = 0
  for (const [network, value] of Object.entries(networks)) {
    const chunk = encodeValue(value)
    put(bitsOf(network, ipVersion), { data: size })
    chunks.push(chunk)
    size += chunk.length
  }
  for (const alias of aliases) {
    let ipv4: Slot = { node: 0 }
    for (let depth = 0; depth < 96; depth++) ipv4 = ipv4 && 'node' in ipv4 ? nodes[ipv4.node]?.[0] : undefined
    put(bitsOf(alias, 6), ipv4)
  }
  const number = (slot: Slot) =>
    slot === undefined ? nodes.length : 'node' in slot ? slot.node : nodes.length + 16 + slot.data
  const tree = nodes.map(([left, right]) => encodeNode(number(left), number(right), recordSize))
  const metadata = encodeValue({
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: builtAt ?? 1_780_000_000,
    database_type: type ?? 'Test-City',
    description: {},
    ip_version: ipVersion,
    languages: [],
    node_count: nodes.length,
    record_size: recordSize,
  })
  const marker = Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1')
  return Buffer.concat([...tree, Buffer.alloc(16), ...chunks, marker, metadata])
}

function bitsOf(network: string, ipVersion: 4 | 6): number[] {
  const [address = '', length = ''] = network.split('/')
  const key = createIpKey()
  if (!readIpKey(address, key)) throw new Error(`${network} is not a network`)
  const bits = (value: number, count: number) => [...value.toString(2).padStart(count, '0')].map(Number)
  if (key.family === 4) {
    const padding = ipVersion === 6 ? Array<number>(96).fill(0) : []
    return [...padding, ...bits(key.high, 32).slice(0, Number(length))]
  }
  // Networks in tests have at most 64 bits; the key lacks the fourth group.
  const fourth = Number.parseInt(address.split('::')[0]?.split(':')[3] ?? '0', 16)
  return [...bits(key.high, 32), ...bits(key.low, 16), ...bits(fourth, 16)].slice(0, Number(length))
}

function encodeNode(left: number, right: number, recordSize: 24 | 28 | 32): Buffer {
  const node = Buffer.alloc(recordSize / 4)
  if (recordSize === 32) {
    node.writeUInt32BE(left, 0)
    node.writeUInt32BE(right, 4)
    return node
  }
  node.writeUIntBE(left & 0xff_ffff, 0, 3)
  node.writeUIntBE(right & 0xff_ffff, recordSize === 24 ? 3 : 4, 3)
  if (recordSize === 28) node.writeUInt8((((left >>> 24) & 15) << 4) | ((right >>> 24) & 15), 3)
  return node
}

/** Types of the format: 2 text, 3 double, 6 integer, 7 map, 11 array, 14 boolean. */
function encodeValue(value: Value): Buffer {
  if (typeof value === 'string') {
    const bytes = Buffer.from(value)
    return Buffer.concat([control(2, bytes.length), bytes])
  }
  if (typeof value === 'boolean') return control(14, value ? 1 : 0)
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(Number.isInteger(value) ? 4 : 8)
    if (Number.isInteger(value)) bytes.writeUInt32BE(value)
    else bytes.writeDoubleBE(value)
    return Buffer.concat([control(bytes.length === 4 ? 6 : 3, bytes.length), bytes])
  }
  if (Array.isArray(value)) return Buffer.concat([control(11, value.length), ...value.map(encodeValue)])
  const pairs = Object.entries(value)
  return Buffer.concat([control(7, pairs.length), ...pairs.flat().map((one) => encodeValue(one as Value))])
}

function control(type: number, size: number): Buffer {
  if (size > 284) throw new Error('too long for a test')
  const [short, more] = size < 29 ? [size, []] : [29, [size - 29]]
  return Buffer.from(type > 7 ? [short, type - 7, ...more] : [(type << 5) | short, ...more])
}

/** Records of a place in the three formats of City databases. */
export const shapes = {
  'ip-location-db': (country: string, _code?: string, name?: string): Value => ({
    city: '',
    country_code: country,
    latitude: 1.5,
    state1: name ?? '',
    state2: '',
  }),
  MaxMind: (country: string, code?: string, name?: string): Value => ({
    country: { iso_code: country, names: { en: 'A country' } },
    // The country of the network's owner must not be taken for the visitor's.
    registered_country: { iso_code: country === 'US' ? 'DE' : 'US' },
    traits: { is_anycast: false },
    ...(code && { subdivisions: [{ iso_code: code, names: { en: name ?? '', de: 'Anders' } }] }),
  }),
  'DB-IP': (country: string, _code?: string, name?: string): Value => ({
    country: { iso_code: country, is_in_european_union: false },
    ...(name && { subdivisions: [{ names: { en: name } }, { names: { en: 'A county' } }] }),
  }),
} as const
