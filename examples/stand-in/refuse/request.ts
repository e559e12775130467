/** Refuses requests as TikTok does, by token, body, root keys, pixel and size of the batch. */
import { arrayOrEmpty, at, type JsonObject, parseObject } from '../json.js'
import type { Tokens } from '../tokens.js'
import { type Refusal, refusal } from './refusal.js'

const SOURCES: readonly unknown[] = ['web', 'app', 'offline', 'crm']
const OLD_KEYS = ['pixel_code', 'timestamp', 'context', 'batch'] as const
const MAX_EVENTS = 1000

/** A request before it is parsed. */
export interface RawRequest {
  token: string | undefined
  contentType: string | undefined
  body: Buffer
}

export const refuseToken = ({ token }: RawRequest, tokens: Tokens): Refusal | undefined => {
  if (!token) return refusal(40104, 'TT-E02', 'Access-Token', undefined, 'Access token is empty.')
  if (tokens.has(token)) return undefined
  const got = token.startsWith('Bearer ') ? 'Bearer …' : 'an unknown token'
  return refusal(40105, 'TT-E03', 'Access-Token', got, 'Access token is incorrect or has been revoked.')
}

/** The body as an object; undefined for another content type and for other bodies. */
export const parseBody = ({ contentType, body }: RawRequest): JsonObject | undefined => {
  if (!/^application\/([a-z0-9.-]+\+)?json\s*(;|$)/i.test(contentType ?? '')) return undefined
  return parseObject(body.toString('utf8'))
}

export const refuseBody = ({ contentType, body }: RawRequest): Refusal =>
  refusal(40002, 'TT-E04', 'body', `${body.length} bytes of ${contentType ?? 'no type'}`)

const findOldKey = (root: JsonObject): string | undefined => {
  const inRoot = OLD_KEYS.find((key) => at(root, key) !== undefined)
  if (inRoot) return inRoot
  for (const [i, event] of arrayOrEmpty(root.data).entries())
    for (const key of OLD_KEYS) if (at(event, key) !== undefined) return `data[${i}].${key}`
  return undefined
}

export const refuseRoot = (root: JsonObject): Refusal | undefined => {
  const source = at(root, 'event_source')
  if (!SOURCES.includes(source)) {
    const message = 'Invalid value for event_source: must be web, app or offline.'
    return refusal(40002, 'TT-E05', 'event_source', source, message)
  }
  const pixel = at(root, 'event_source_id')
  if (typeof pixel !== 'string' || pixel === '') return refusal(40002, 'TT-E06', 'event_source_id', pixel)
  const oldKey = findOldKey(root)
  return oldKey ? refusal(40002, 'TT-E07', oldKey, 'a key of Events API 1.0') : undefined
}

export const refusePixel = (token: string, pixel: string, tokens: Tokens): Refusal | undefined => {
  if (tokens.canUse(token, pixel)) return undefined
  const message = `No permission to operate pixel code: ${pixel}. You must be an admin or operator of this advertiser account.`
  return refusal(40001, 'TT-E08', 'event_source_id', pixel, message)
}

export const refuseData = (root: JsonObject): Refusal | undefined => {
  const data = at(root, 'data')
  if (!Array.isArray(data) || data.length === 0) return refusal(40002, 'TT-E09', 'data', data)
  return data.length > MAX_EVENTS ? refusal(40061, 'TT-E10', 'data', data) : undefined
}
