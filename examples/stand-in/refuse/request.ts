/** Knows what TikTok refuses about a request as a whole: token, body, root keys, pixel, size of the batch. */
import { at, deeperThan, isObject, type JsonObject, listOf } from '../json.js'
import type { Tokens } from '../tokens.js'
import { type Refusal, refusal } from './refusal.js'

const SOURCES: readonly unknown[] = ['web', 'app', 'offline', 'crm']
const OLD_KEYS = ['pixel_code', 'timestamp', 'context', 'batch'] as const
const MOST_EVENTS = 1000
/** Deeper bodies have no meaning here and would overflow whoever prints them. */
const DEEPEST = 64

/** What arrived, before anybody looked into it. */
export interface Arrival {
  token: string | undefined
  contentType: string | undefined
  body: Buffer
}

export const refuseToken = ({ token }: Arrival, tokens: Tokens): Refusal | undefined => {
  if (!token) return refusal(40104, 'TT-E02', 'Access-Token', undefined, 'Access token is empty.')
  if (tokens.knows(token)) return undefined
  const got = token.startsWith('Bearer ') ? 'Bearer …' : 'an unknown token'
  return refusal(40105, 'TT-E03', 'Access-Token', got, 'Access token is incorrect or has been revoked.')
}

/** The body as an object, or undefined when it is anything else. */
export const parse = ({ contentType, body }: Arrival): JsonObject | undefined => {
  if (!/^application\/([a-z0-9.-]+\+)?json\s*(;|$)/i.test(contentType ?? '')) return undefined
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    return isObject(value) && !deeperThan(DEEPEST, value) ? value : undefined
  } catch {
    return undefined
  }
}

export const refuseBody = ({ contentType, body }: Arrival): Refusal =>
  refusal(40002, 'TT-E04', 'body', `${body.length} bytes of ${contentType ?? 'no type'}`)

const oldKey = (root: JsonObject): string | undefined => {
  const inRoot = OLD_KEYS.find((key) => at(root, key) !== undefined)
  if (inRoot) return inRoot
  for (const [i, event] of listOf(root.data).entries())
    for (const key of OLD_KEYS) if (at(event, key) !== undefined) return `data[${i}].${key}`
  return undefined
}

export const refuseRoot = (root: JsonObject): Refusal | undefined => {
  const source = at(root, 'event_source')
  if (!SOURCES.includes(source)) {
    const words = 'Invalid value for event_source: must be web, app or offline.'
    return refusal(40002, 'TT-E05', 'event_source', source, words)
  }
  const pixel = at(root, 'event_source_id')
  if (typeof pixel !== 'string' || pixel === '') return refusal(40002, 'TT-E06', 'event_source_id', pixel)
  const old = oldKey(root)
  return old ? refusal(40002, 'TT-E07', old, 'a key of Events API 1.0') : undefined
}

export const refusePixel = (token: string, pixel: string, tokens: Tokens): Refusal | undefined => {
  if (tokens.mayUse(token, pixel)) return undefined
  const words = `No permission to operate pixel code: ${pixel}. You must be an admin or operator of this advertiser account.`
  return refusal(40001, 'TT-E08', 'event_source_id', pixel, words)
}

export const refuseData = (root: JsonObject): Refusal | undefined => {
  const data = at(root, 'data')
  if (!Array.isArray(data) || data.length === 0) return refusal(40002, 'TT-E09', 'data', data)
  return data.length > MOST_EVENTS ? refusal(40061, 'TT-E10', 'data', data) : undefined
}
