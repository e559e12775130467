/** Fetches a page that the owner has named, and nothing else: no private address, no endless answer, no endless wait. */
import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { get as getHttp, type IncomingMessage } from 'node:http'
import { get as getHttps } from 'node:https'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import type { FetchedPage } from '../diagnose/html-check.js'
import { cleanAddress, isLoopback } from '../http/client-ip.js'

/** For all of it: names, redirects, the body. */
const deadlineMs = 5_000
const largest = 1_048_576
const mostRedirects = 3

/**
 * What is not the public web (IANA's registers of special-purpose addresses). More than what cannot be placed on a
 * map: to ask a tunnel's or a translator's address may mean to ask the private one that is inside.
 */
const inward = new BlockList()
for (const network of [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
]) {
  const [address = '', bits] = network.split('/')
  inward.addSubnet(address, Number(bits), 'ipv4')
}
/** Of IPv6 only 2000::/3 is given out, and of that these are not the web: Teredo and the like, documents, 6to4. */
const outward = new BlockList()
outward.addSubnet('2000::', 3, 'ipv6')
for (const [address, bits] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const) {
  inward.addSubnet(address, bits, 'ipv6')
}

/** @param address as `isIP` knows it */
export function isOutside(address: string): boolean {
  if (isIP(address) === 6) return outward.check(address, 'ipv6') && !inward.check(address, 'ipv6')
  return isIP(address) === 4 && !inward.check(address, 'ipv4')
}

export interface Reach {
  /** Whether this machine itself may be asked, where the owner names it. */
  local: boolean
  /** A sentence on why an address is not to be asked: the first one, and each that it redirects to. */
  refuse?: (url: URL) => string | undefined
}

/** What came, or a sentence on why nothing did. */
export async function fetchPage(
  text: string,
  { local, refuse = () => undefined }: Reach,
): Promise<FetchedPage | string> {
  if (!URL.canParse(text)) return `"${text}" is no address: give one such as https://shop.example/.`
  let url = new URL(text)
  // Neither asked with nor told: a page that everybody may see is looked at.
  url.username = url.password = ''
  const deadline = AbortSignal.timeout(deadlineMs)
  // A page out there may not send us to one in here.
  const mayBeLocal = local && isLocal(bareOf(url.hostname))
  for (let redirects = 0; redirects <= mostRedirects; redirects++) {
    if (!/^https?:$/.test(url.protocol)) return `${url.href} was not fetched: only http and https are.`
    const refusal = refuse(url)
    if (refusal) return `${url.href} was not fetched: ${refusal}.`
    try {
      const address = await addressOf(url, mayBeLocal, deadline)
      if (address === undefined)
        return `${url.href} was not fetched: it is at a private address.${local ? ' Only localhost may be.' : ''}`
      const response = await request(url, address, deadline)
      const { statusCode = 0, headers } = response
      if (statusCode >= 300 && statusCode < 400 && headers.location && URL.canParse(headers.location, url)) {
        response.destroy()
        url = new URL(headers.location, url)
        continue
      }
      if (statusCode !== 200) {
        response.destroy()
        return `${url.href} answered ${statusCode}: give the address of a page that everybody may see.`
      }
      const policy = [headers['content-security-policy'] ?? []].flat().join(',')
      return { url: url.href, html: await readText(response), ...(policy && { policy }) }
    } catch (error) {
      const why = deadline.aborted ? `no answer within ${deadlineMs / 1_000} s` : (error as Error).message
      return `${url.href} could not be fetched: ${why}.`
    }
  }
  return `${text} could not be fetched: it redirects more than ${mostRedirects} times.`
}

/** The one address that is connected to, so that a name cannot mean another one a moment later. */
async function addressOf(
  { hostname }: URL,
  mayBeLocal: boolean,
  deadline: AbortSignal,
): Promise<string | undefined> {
  const bare = bareOf(hostname)
  const found = isLocalName(bare) ? '127.0.0.1' : isIP(bare) ? bare : await lookUp(bare, deadline)
  const address = cleanAddress(found) ?? ''
  if (isLoopback(address)) return mayBeLocal && isLocal(bare) ? address : undefined
  return isOutside(address) ? address : undefined
}

/** The system's resolver cannot be stopped: it is left behind when the time is over. */
async function lookUp(host: string, deadline: AbortSignal): Promise<string> {
  const late = once(deadline, 'abort').then(() => Promise.reject(deadline.reason))
  return (await Promise.race([lookup(host), late])).address
}

const bareOf = (hostname: string) => hostname.replace(/^\[|\]$/g, '')
const isLocalName = (host: string) => host === 'localhost' || host.endsWith('.localhost')
const isLocal = (host: string) => isLocalName(host) || isLoopback(host)

function request(url: URL, address: string, signal: AbortSignal): Promise<IncomingMessage> {
  const fixed: LookupFunction = (_host, options, done) =>
    options.all ? done(null, [{ address, family: isIP(address) }]) : done(null, address, isIP(address))
  const headers = { accept: 'text/html', 'accept-encoding': 'identity', 'user-agent': 'tagferry doctor' }
  const get = url.protocol === 'https:' ? getHttps : getHttp
  return new Promise((resolve, reject) => {
    get(url, { lookup: fixed, signal, headers, agent: false }, resolve).once('error', reject)
  })
}

/** The start of it is enough: our tag stands in the head. */
async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    size += chunk.length
    if (size >= largest) break
  }
  return Buffer.concat(chunks).subarray(0, largest).toString('utf8')
}
