// Compares an event as it was sent with the event that TikTok received. Written against docs/events.md, not the code.
import type { TikTokEvent } from './tiktok.js'

export interface Warned {
  event?: number
  path: string
  warning: string
}

type Fields = Record<string, unknown>

const hashedKeys = ['email', 'phone', 'external_id', 'first_name', 'last_name', 'zip_code']
const plainKeys = ['ttclid', 'ttp', 'city', 'state', 'country', 'locale']
/** Names of item keys, in the order in which they count. */
const itemKeys: Readonly<Record<string, readonly string[]>> = {
  content_id: ['content_id', 'item_id', 'product_id', 'sku', 'variant_id', 'id'],
  content_name: ['content_name', 'item_name', 'product_name', 'name', 'title'],
  content_category: ['content_category', 'item_category', 'category'],
  brand: ['brand', 'item_brand', 'vendor'],
  price: ['price'],
  quantity: ['quantity'],
  content_type: ['content_type'],
}

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
/** What is left out of lists at any depth. */
const isEmpty = (value: unknown): boolean =>
  value === null ||
  value === '' ||
  (Array.isArray(value) && value.every(isEmpty)) ||
  (isObject(value) && Object.values(value).every(isEmpty))
/** Entries behind a removed one have other indexes in warnings. */
const withoutIndexes = (path: string) => path.replaceAll(/\[\d+\]/g, '')

/** White space, and what has no text of its own. */
const isBlank = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  (typeof value === 'string' && value.trim() === '') ||
  (Array.isArray(value) && value.every(isBlank)) ||
  (isObject(value) && Object.values(value).every(isBlank))

/**
 * Values that differ and for which there is neither a documented normalisation nor a warning.
 * @param warnings those of this event
 * @returns a path for each, such as `properties.value`
 */
export function unexplained(
  sent: Fields,
  received: TikTokEvent,
  warnings: readonly Warned[],
  isServer: boolean,
): string[] {
  const paths: string[] = []
  const warnedPaths = warnings.map((warned) => withoutIndexes(warned.path))
  const isWarned = (path: string) => {
    const place = withoutIndexes(path)
    return warnedPaths.some(
      (warned) =>
        warned === '' ||
        warned === place ||
        place.startsWith(`${warned}.`) ||
        warned.startsWith(`${place}.`) ||
        // Keys that look personal are not repeated.
        (warned.includes('…') && place.startsWith(warned.slice(0, warned.indexOf('…')))),
    )
  }
  const expectThat = (isFine: boolean, path: string) => {
    if (!isFine && !isWarned(path)) paths.push(path)
  }
  const compare = (value: unknown, got: unknown, path: string): void => {
    if (isBlank(value)) return
    if (isObject(value) && isObject(got)) {
      for (const [key, inner] of Object.entries(value)) compare(inner, got[key], `${path}.${key}`)
    } else if (Array.isArray(value) && Array.isArray(got)) {
      const filled = value.filter((inner) => !isEmpty(inner))
      if (filled.length !== got.length) expectThat(false, path)
      else for (const [at, inner] of filled.entries()) compare(inner, got[at], `${path}[${at}]`)
    } else expectThat(isSame(value, got), path)
  }
  compareUser(sent.user, received.user, expectThat, isServer)
  if (isObject(sent.page)) {
    for (const key of ['url', 'referrer'] as const)
      if (!isBlank(sent.page[key]))
        expectThat(isSamePage(sent.page[key], received.page?.[key]), `page.${key}`)
  } else if (!isBlank(sent.page)) expectThat(false, 'page')
  if (isObject(sent.properties)) {
    const { contents, ...rest } = sent.properties
    compare(rest, received.properties ?? {}, 'properties')
    compareContents(contents, received.properties?.contents, compare, expectThat)
  } else if (!isBlank(sent.properties)) expectThat(false, 'properties')
  for (const key of Object.keys(sent))
    if (!['event', 'event_id', 'event_time', 'user', 'page', 'properties', 'privacy'].includes(key))
      expectThat(false, key)
  if (!isBlank(sent.event_time)) expectThat(received.event_time === secondsOf(sent.event_time), 'event_time')
  if (!isBlank(sent.event_id)) expectThat(isSame(sent.event_id, received.event_id), 'event_id')
  return paths
}

type Expect = (isFine: boolean, path: string) => void

function compareUser(user: unknown, received: Fields, expectThat: Expect, isServer: boolean): void {
  if (!isObject(user)) {
    if (!isBlank(user)) expectThat(false, 'user')
    return
  }
  for (const [key, value] of Object.entries(user)) {
    if (isBlank(value)) continue
    const path = `user.${key}`
    const got = received[key]
    if (hashedKeys.includes(key)) {
      const values = [value].flat()
      const hashes = [got ?? []].flat()
      const isHashed = hashes.every((hash) => /^[0-9a-f]{64}$/.test(String(hash)))
      // Equal entries of a list have one hash.
      expectThat(isHashed && hashes.length > 0 && hashes.length <= values.length, path)
    } else if (plainKeys.includes(key)) expectThat(typeof got === 'string' && got !== '', path)
    else if (isServer && (key === 'ip' || key === 'user_agent')) expectThat(typeof got === 'string', path)
    else expectThat(false, path)
  }
}

function compareContents(
  contents: unknown,
  received: unknown,
  compare: (value: unknown, got: unknown, path: string) => void,
  expectThat: Expect,
): void {
  if (isBlank(contents)) return
  const path = 'properties.contents'
  const items = Array.isArray(contents) ? contents.filter((item) => !isBlank(item)) : []
  if (!Array.isArray(contents) || !Array.isArray(received) || items.length !== received.length) {
    expectThat(false, path)
    return
  }
  if (items.length !== contents.length) return
  for (const [at, item] of contents.entries()) {
    if (!isObject(item)) continue
    for (const [key, names] of Object.entries(itemKeys)) {
      const filled = names.filter((one) => !isBlank(item[one]))
      const name = filled.find((one) => !isPlaceholder(item[one])) ?? filled[0]
      // A warning names the documented key of the value.
      if (name) compare(item[name], (received[at] as Fields)[key], `${path}[${at}].${key}`)
    }
  }
}

/** What programs and templates print for nothing. */
const isPlaceholder = (value: unknown) =>
  /^\s*(undefined|null|nan|none|nil|n\/a|\[object \w+\]|__\w+__|.*(\{\{.*\}\}|\{%.*%\}|\$\{.*\}|%%.*%%).*)\s*$/i.test(
    String(value),
  )

/** Whether a difference is one that docs/events.md calls certain. */
function isSame(value: unknown, got: unknown): boolean {
  if (Array.isArray(value) || isObject(value)) return false
  if (value === got) return true
  const text = String(value).trim()
  const gotText = String(got)
  if (text === gotText || text.toUpperCase() === gotText) return true
  if (text.replace(/^gid:\/\/shopify\/\w+\//, '') === gotText) return true
  if (
    text
      .replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '')
      .normalize('NFC')
      .trim() === gotText
  )
    return true
  return typeof got === 'number' && text !== '' && Math.abs(Number(text) - got) <= 1e-6
}

/** Parameters may be removed. A path is completed with the domain of the site. */
function isSamePage(value: unknown, got: unknown): boolean {
  if (typeof value !== 'string' || typeof got !== 'string') return false
  const base = /^[\w.-]+\.example\//.test(value) ? `https://${value}` : value
  if (!URL.canParse(base, 'https://shop.example')) return false
  const [sent, received] = [new URL(base, 'https://shop.example'), new URL(got)]
  return sent.host === received.host && sent.pathname.startsWith(received.pathname.replace(/\/$/, ''))
}

function secondsOf(value: unknown): number | undefined {
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value))
    return Math.floor(Date.parse(value) / 1_000)
  let number = Number(value)
  while (number >= 1e12) number /= 1_000
  return Math.floor(number)
}
