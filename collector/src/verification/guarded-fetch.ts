/** Fetches a page that the owner names: from public addresses only, with limits on time, size and redirects. */
import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { get as getHttp, type IncomingMessage } from 'node:http'
import { get as getHttps } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import type { FetchedPage } from '../diagnose/page-facts.js'
import { cleanAddress } from '../http/client-ip.js'
import { isGlobalUnicast } from '../http/ip-ranges.js'
import { isLocalHost } from '../http/local-host.js'

/** For the whole fetch: name lookups, redirects and bodies. */
const deadlineMs = 5_000
const maxBytes = 1_048_576
const maxRedirects = 3

export interface FetchRules {
  /** Whether a page of this machine may be fetched if its address is the given one. */
  allowLocal: boolean
  /** Says why an address must not be fetched, in words without a full stop. Also called for redirect targets. */
  refuse?: (url: URL) => string | undefined
}

/** Gives the page, or a sentence that says why it was not fetched. */
export async function fetchPage(
  address: string,
  { allowLocal, refuse = () => undefined }: FetchRules,
): Promise<FetchedPage | string> {
  if (!URL.canParse(address)) return `"${address}" is no address: give one such as https://shop.example/.`
  let url = new URL(address)
  // Credentials are not sent, and not shown in messages: only public pages are checked.
  url.username = url.password = ''
  const deadline = AbortSignal.timeout(deadlineMs)
  // Decided by the given address: a public page must not redirect to this machine.
  const mayBeLocal = allowLocal && isLocalHost(bareHost(url))
  const privateAddress = `it is at a private address.${allowLocal ? ' Only localhost may be.' : ''}`
  for (let redirects = 0; redirects <= maxRedirects; redirects++) {
    if (!/^https?:$/.test(url.protocol)) return `${url.href} was not fetched: only http and https are.`
    const refusal = refuse(url)
    if (refusal) return `${url.href} was not fetched: ${refusal}.`
    try {
      const ip = await resolveHost(bareHost(url), mayBeLocal, deadline)
      if (ip === undefined) return `${url.href} was not fetched: ${privateAddress}`
      const result = await readResponse(url, await sendRequest(url, ip, deadline))
      if (!(result instanceof URL)) return result
      url = result
    } catch (error) {
      const reason = deadline.aborted ? `no answer within ${deadlineMs / 1_000} s` : (error as Error).message
      return `${url.href} could not be fetched: ${reason}.`
    }
  }
  return `${address} could not be fetched: it redirects more than ${maxRedirects} times.`
}

/** Gives the target if the response is a redirect. */
async function readResponse(url: URL, response: IncomingMessage): Promise<FetchedPage | URL | string> {
  const { statusCode = 0, headers } = response
  if (statusCode === 200) {
    const policy = [headers['content-security-policy'] ?? []].flat().join(',')
    return { url: url.href, html: await readText(response), ...(policy && { policy }) }
  }
  response.destroy()
  const isRedirect = statusCode >= 300 && statusCode < 400
  if (isRedirect && headers.location && URL.canParse(headers.location, url))
    return new URL(headers.location, url)
  return `${url.href} answered ${statusCode}: give the address of a page that everybody may see.`
}

/** Gives the one IP address to connect to: a second lookup could give another one (DNS rebinding). */
async function resolveHost(
  host: string,
  mayBeLocal: boolean,
  deadline: AbortSignal,
): Promise<string | undefined> {
  const address = cleanAddress(await addressOf(host, deadline)) ?? ''
  if (isLocalHost(address)) return mayBeLocal && isLocalHost(host) ? address : undefined
  return isGlobalUnicast(address) ? address : undefined
}

async function addressOf(host: string, deadline: AbortSignal): Promise<string> {
  if (isIP(host)) return host
  return isLocalHost(host) ? '127.0.0.1' : lookUp(host, deadline)
}

/** A lookup of the system cannot be cancelled: after the deadline its result is ignored. */
async function lookUp(host: string, deadline: AbortSignal): Promise<string> {
  const timeout = once(deadline, 'abort').then(() => Promise.reject(deadline.reason))
  return (await Promise.race([lookup(host), timeout])).address
}

/** Without the brackets of IPv6. */
const bareHost = ({ hostname }: URL) => hostname.replace(/^\[|\]$/g, '')

function sendRequest(url: URL, address: string, signal: AbortSignal): Promise<IncomingMessage> {
  const family = isIP(address)
  const toAddress: LookupFunction = (_host, options, done) =>
    options.all ? done(null, [{ address, family }]) : done(null, address, family)
  const headers = { accept: 'text/html', 'accept-encoding': 'identity', 'user-agent': 'tagferry doctor' }
  const get = url.protocol === 'https:' ? getHttps : getHttp
  return new Promise((resolve, reject) => {
    get(url, { lookup: toAddress, signal, headers, agent: false }, resolve).once('error', reject)
  })
}

/** Reads the first `maxBytes`: our tag belongs in the head. */
async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    size += chunk.length
    if (size >= maxBytes) break
  }
  return Buffer.concat(chunks).subarray(0, maxBytes).toString('utf8')
}
