/** Reads and parses request bodies, with a size limit, a deadline and strict UTF-8. */
import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'

export interface BodyError {
  status: 400 | 408 | 413 | 415
  /** In words for the sender. */
  error: string
}

export type Body =
  | {
      ok: true
      value: unknown
      /** Whether the text holds `\u` escapes: only they can stand for U+0000 or lone surrogates. */
      hasEscapes: boolean
    }
  | { ok: false; refusal: BodyError }

const refuse = (status: BodyError['status'], error: string): Body => ({
  ok: false,
  refusal: { status, error },
})

/** The snippet sends `text/plain`: browsers make no preflight request for it. */
const acceptedTypes = /^\s*(text\/plain|application\/json)\s*(;\s*charset="?utf-8"?\s*)?$/i

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
  const type = request.headers['content-type']
  if (type === undefined || !acceptedTypes.test(type)) {
    return refuse(415, 'send JSON as text/plain or application/json, in UTF-8')
  }
  const encoding = request.headers['content-encoding']
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    return refuse(415, 'send the body without content-encoding')
  }
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return tooLarge(maxBytes)
  const bytes = await readBytes(request, maxBytes, deadlineMs)
  switch (bytes) {
    case 'too_large':
      return tooLarge(maxBytes)
    case 'timed_out':
      return refuse(408, `the body did not arrive within ${deadlineMs / 1000} s`)
    case 'aborted':
      return refuse(400, 'the body ended early')
    default:
      return parse(bytes)
  }
}

const tooLarge = (maxBytes: number) => refuse(413, `the body is larger than ${maxBytes} bytes`)

function parse(bytes: Buffer): Body {
  if (!isUtf8(bytes)) return refuse(400, 'the body is not valid UTF-8')
  const text = bytes.toString('utf8')
  try {
    return { ok: true, value: JSON.parse(text), hasEscapes: text.includes('\\u') }
  } catch {
    return refuse(400, 'the body is not valid JSON')
  }
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
