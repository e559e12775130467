/** What an address is as numbers: strict, and without garbage, for tables that are searched on every event. */

/** One address; reused, so that reading one allocates nothing. */
export interface Key {
  family: 4 | 6
  /** All of an IPv4 address, or the top 32 bits of an IPv6 one. */
  high: number
  /** The next 16 bits of an IPv6 address; 0 for IPv4. */
  low: number
}

export const createKey = (): Key => ({ family: 4, high: 0, low: 0 })

const groups = new Uint16Array(8)
const group = (at: number) => groups[at] as number
const pair = (at: number) => group(at) * 0x1_0000 + group(at + 1)

/**
 * Takes exactly what `net.isIP` takes, but for zones; IPv4 mapped into IPv6 becomes IPv4 however it is written.
 * @returns whether the text is an address; `key` means nothing where it is none
 */
export function readKey(text: string, key: Key): boolean {
  if (text.indexOf(':') === -1) {
    const address = parseIpv4(text, 0)
    key.family = 4
    key.high = address
    key.low = 0
    return address !== -1
  }
  if (!parseIpv6(text)) return false
  const mapped = pair(0) === 0 && pair(2) === 0 && pair(4) === 0xffff
  key.family = mapped ? 4 : 6
  key.high = mapped ? pair(6) : pair(0)
  key.low = mapped ? 0 : group(2)
  return true
}

/**
 * Private, loopback, link-local and carrier addresses cannot be placed, whatever a database says.
 * The ranges of intake/address.ts (a test compares them), 30 times as fast; of IPv6 all of ::/48 as well,
 * where there is nobody, but MaxMind's files keep their IPv4.
 */
export function isPlaceable({ family, high, low }: Key): boolean {
  const top = high >>> 24
  if (family === 6) {
    if (high === 0 && low === 0) return false
    return (top & 0xfe) !== 0xfc && high >>> 22 !== 0xfe80 >>> 6
  }
  if (top === 0 || top === 10 || top === 127) return false
  const second = (high >>> 16) & 0xff
  if (top === 100) return second < 64 || second > 127
  if (top === 169) return second !== 254
  if (top === 172) return second < 16 || second > 31
  return top !== 192 || second !== 168
}

/** The address that fills `text` from `from` on, or -1. Leading zeros are refused: some read them as octal. */
function parseIpv4(text: string, from: number): number {
  let address = 0
  let dots = 0
  let octet = -1
  for (let at = from; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 48
    if (digit >= 0 && digit <= 9) {
      if (octet === 0) return -1
      octet = octet === -1 ? digit : octet * 10 + digit
      if (octet > 255) return -1
    } else {
      if (digit !== -2 || octet === -1) return -1
      dots++
      address = address * 256 + octet
      octet = -1
    }
  }
  return dots === 3 && octet !== -1 ? address * 256 + octet : -1
}

/** Leaves the eight groups in `groups`. */
function parseIpv6(text: string): boolean {
  const end = text.length
  let count = 0
  let gap = -1
  let at = 0
  if (text.charCodeAt(0) === 58) {
    if (text.charCodeAt(1) !== 58) return false
    gap = 0
    at = 2
  }
  while (at < end) {
    if (count === 8) return false
    const start = at
    let value = 0
    for (let digit = hex(text.charCodeAt(at)); digit !== -1; digit = hex(text.charCodeAt(++at))) {
      if (at - start === 4) return false
      value = value * 16 + digit
    }
    if (text.charCodeAt(at) === 46) {
      const address = parseIpv4(text, start)
      if (address === -1 || count > 6) return false
      groups[count++] = address >>> 16
      groups[count++] = address & 0xffff
      break
    }
    if (at === start) return false
    groups[count++] = value
    if (at === end) break
    if (text.charCodeAt(at++) !== 58 || at === end) return false
    if (text.charCodeAt(at) === 58) {
      if (gap !== -1) return false
      gap = count
      at++
    }
  }
  if (gap === -1) return count === 8
  if (count === 8) return false
  groups.copyWithin(gap + 8 - count, gap, count)
  groups.fill(0, gap, gap + 8 - count)
  return true
}

/** The value of a hexadecimal digit, -1 for any other character and for the end of the text (NaN). */
function hex(code: number): number {
  if (code >= 48 && code <= 57) return code - 48
  const letter = code | 32
  return letter >= 97 && letter <= 102 ? letter - 87 : -1
}
