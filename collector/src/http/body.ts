/** How the bytes of a request become a parsed body: with a limit, a deadline and strict UTF-8. Knows no event. */
import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'

export type Refusal = { status: 400 | 408 | 413 | 415; error: string }
export type Body = { ok: true; value: unknown; escaped: boolean } | { ok: false; refusal: Refusal }

const refuse = (status: Refusal['status'], error: string): Body => ({ ok: false, refusal: { status, error } })

/** `text/plain` never makes a browser ask first (no preflight), so the snippet sends that. */
const accepted = /^\s*(text\/plain|application\/json)\s*(;\s*charset="?utf-8"?\s*)?$/i

/**
 * Reads and parses the body of a collect route.
 * @param limitBytes largest body taken
 * @param deadlineMs time for the whole body
 * @returns the parsed value, and whether the text held `\u` escapes (only these can smuggle in U+0000 or lone surrogates)
 */
export async function readBody(
  request: IncomingMessage,
  limitBytes: number,
  deadlineMs: number,
): Promise<Body> {
  const type = request.headers['content-type']
  if (type === undefined || !accepted.test(type)) {
    return refuse(415, 'send JSON as text/plain or application/json, in UTF-8')
  }
  const encoding = request.headers['content-encoding']
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    return refuse(415, 'send the body without content-encoding')
  }
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) return tooLarge(limitBytes)
  const bytes = await collect(request, limitBytes, deadlineMs)
  if (bytes === 'large') return tooLarge(limitBytes)
  if (bytes === 'late') return refuse(408, `the body did not arrive within ${deadlineMs / 1000} s`)
  if (bytes === 'gone') return refuse(400, 'the body ended early')
  if (!isUtf8(bytes)) return refuse(400, 'the body is not valid UTF-8')
  const text = bytes.toString('utf8')
  try {
    return { ok: true, value: JSON.parse(text), escaped: text.includes('\\u') }
  } catch {
    return refuse(400, 'the body is not valid JSON')
  }
}

const tooLarge = (limitBytes: number) => refuse(413, `the body is larger than ${limitBytes} bytes`)

function collect(
  request: IncomingMessage,
  limitBytes: number,
  deadlineMs: number,
): Promise<Buffer | 'large' | 'late' | 'gone'> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let size = 0
    const timer = setTimeout(() => end('late'), deadlineMs)
    const end = (result: Buffer | 'large' | 'late' | 'gone') => {
      clearTimeout(timer)
      request.off('data', onData)
      resolve(result)
    }
    const onData = (chunk: Buffer) => {
      size += chunk.length
      if (size > limitBytes) end('large')
      else chunks.push(chunk)
    }
    request.on('data', onData)
    request.once('end', () => end(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)))
    request.once('close', () => end('gone'))
    request.once('error', () => end('gone'))
  })
}
