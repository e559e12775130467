/** Reads and parses request bodies, with a size limit, a deadline and strict UTF-8. */
import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import { parse as parseContentType } from 'content-type'
import { LRUCache } from 'lru-cache'

/** Why a body was refused. */
export type BodyRule =
  | 'media_type'
  | 'content_encoding'
  | 'too_large'
  | 'timed_out'
  | 'aborted'
  | 'invalid_utf8'
  | 'invalid_json'

export interface BodyError {
  status: 400 | 408 | 413 | 415
  rule: BodyRule
  /** In words for the sender. */
  error: string
}

export type Body =
  | {
      ok: true
      value: unknown
      /** Whether the text holds `\u` escapes: only they can stand for U+0000 or lone surrogates. */
      hasEscapes: boolean
      /** Size of the body. */
      bytes: number
    }
  | { ok: false; refusal: BodyError }

const refuse = (status: BodyError['status'], rule: BodyRule, error: string): Body => ({
  ok: false,
  refusal: { status, rule, error },
})

/** The snippet sends `text/plain`: browsers make no preflight request for it. */
const acceptedTypes: ReadonlySet<string> = new Set(['text/plain', 'application/json'])
/** Labels of UTF-8 (WHATWG Encoding), and of ASCII, which is a part of it. */
const acceptedCharsets: ReadonlySet<string> = new Set(['', 'utf-8', 'utf8', 'us-ascii'])

/** Senders use few different headers, and parsing one takes longer than the rest of the checks. */
const acceptedHeaders = new LRUCache<string, boolean>({
  max: 100,
  memoMethod(header) {
    const { type, parameters } = parseContentType(header)
    return acceptedTypes.has(type) && acceptedCharsets.has(parameters.charset?.trim().toLowerCase() ?? '')
  },
})

const isAccepted = (header: string | undefined): boolean =>
  header !== undefined && acceptedHeaders.memo(header)

/**
 * Reads and parses the body of a collect route.
 * @param maxBytes size of the largest accepted body
 * @param deadlineMs time for the whole body to arrive
 */
export async function readBody(
  request: IncomingMessage,
  maxBytes: number,
  deadlineMs: number,
): Promise<Body> {
  if (!isAccepted(request.headers['content-type'])) {
    return refuse(415, 'media_type', 'send JSON as text/plain or application/json, in UTF-8')
  }
  const encoding = request.headers['content-encoding']
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    return refuse(415, 'content_encoding', 'send the body without content-encoding')
  }
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return tooLarge(maxBytes)
  const bytes = await readBytes(request, maxBytes, deadlineMs)
  switch (bytes) {
    case 'too_large':
      return tooLarge(maxBytes)
    case 'timed_out':
      return refuse(408, 'timed_out', `the body did not arrive within ${deadlineMs / 1000} s`)
    case 'aborted':
      return refuse(400, 'aborted', 'the body ended early')
    default:
      return parse(bytes)
  }
}

const tooLarge = (maxBytes: number) => refuse(413, 'too_large', `the body is larger than ${maxBytes} bytes`)

function parse(bytes: Buffer): Body {
  if (isUtf16(bytes)) return refuse(400, 'invalid_utf8', 'the body is UTF-16; send UTF-8')
  if (!isUtf8(bytes)) return refuse(400, 'invalid_utf8', 'the body is not valid UTF-8')
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  const text = bytes.toString('utf8', start)
  try {
    return { ok: true, value: JSON.parse(text), hasEscapes: text.includes('\\u'), bytes: bytes.length }
  } catch {
    return refuse(400, 'invalid_json', 'the body is not valid JSON')
  }
}

/** Whether the text begins with a byte order mark of UTF-16, or its first character has a zero byte. */
function isUtf16([first, second]: Buffer): boolean {
  if (first === undefined || second === undefined) return false
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff) || first * second === 0
}

type ReadResult = Buffer | 'too_large' | 'timed_out' | 'aborted'

function readBytes(request: IncomingMessage, maxBytes: number, deadlineMs: number): Promise<ReadResult> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let size = 0
    const timer = setTimeout(() => end('timed_out'), deadlineMs)
    const end = (result: ReadResult) => {
      clearTimeout(timer)
      request.off('data', onData)
      resolve(result)
    }
    const onData = (chunk: Buffer) => {
      size += chunk.length
      if (size > maxBytes) end('too_large')
      else chunks.push(chunk)
    }
    request.on('data', onData)
    request.once('end', () => end(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)))
    request.once('close', () => end('aborted'))
    request.once('error', () => end('aborted'))
  })
}
