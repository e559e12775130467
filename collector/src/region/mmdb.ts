/**
 * Opens .mmdb files and exposes the search tree, which mmdb-lib keeps private. The build of the table walks the tree,
 * and the check of an owner's file reads samples of it. Bound to mmdb-lib 3.0.3, as it uses private names.
 */
import { Reader } from 'mmdb-lib'

/** A record below `nodeCount` is another node, `nodeCount` itself means no data, and a record above it is data. */
export interface Tree {
  nodeCount: number
  /** The node of 0.0.0.0/0 in an IPv6 tree, which may have aliases under other prefixes; 0 in an IPv4 tree. */
  ipv4Start: number
  ipVersion: 4 | 6
  left(node: number): number
  right(node: number): number
  data(record: number): unknown
  /** The record of an address that `net.isIP` accepts; absent where the file has none. */
  find(address: string): number | undefined
}

interface Internals {
  metadata: Reader<never>['metadata']
  ipv4StartNodeNumber: number
  walker: { left(offset: number): number; right(offset: number): number }
  resolveDataPointer(record: number): unknown
  findAddressInTree(address: string): [record: number | null, depth: number]
}

const metadataMarker = Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1')

/** @throws Error that says why the bytes are not a complete database */
export function readMmdb(bytes: Buffer): { reader: Reader<never>; tree: Tree } {
  // The marker stands at the end, so a file that is still being copied lacks it. mmdb-lib searches slowly.
  const marker = bytes.lastIndexOf(metadataMarker)
  if (marker === -1) throw new Error('it is no .mmdb file or not complete')
  const reader = open(bytes)
  const inner = reader as unknown as Internals
  const { nodeCount, nodeByteSize, ipVersion, searchTreeSize } = inner.metadata
  if ((ipVersion !== 4 && ipVersion !== 6) || !(nodeCount > 0)) throw new Error('its metadata makes no sense')
  if (searchTreeSize + 16 > marker) throw new Error('it is not complete')
  const tree: Tree = {
    nodeCount,
    ipVersion,
    ipv4Start: inner.ipv4StartNodeNumber,
    left: (node) => inner.walker.left(node * nodeByteSize),
    right: (node) => inner.walker.right(node * nodeByteSize),
    data: (record) => inner.resolveDataPointer(record),
    find: (address) => inner.findAddressInTree(address)[0] ?? undefined,
  }
  return { reader, tree }
}

function open(bytes: Buffer): Reader<never> {
  try {
    return new Reader<never>(bytes)
  } catch {
    throw new Error('its metadata cannot be read')
  }
}
