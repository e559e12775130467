/** Knows how a received event is sent again from a shell, with the token left to the reader. */
import type { Kept } from './kept.js'
import type { Exchange } from './received.js'

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`

/** One event of the request, or the raw text of a body that could not be read. */
export const curlOf = (origin: string, kept: Kept, { request }: Exchange): string | null => {
  if (kept.channel === 'browser') return null
  const whole = kept.batch > 0
  const root = request.root as object
  const body = whole
    ? JSON.stringify({ ...root, data: [kept.payload] })
    : typeof kept.payload === 'string'
      ? kept.payload
      : JSON.stringify(kept.payload)
  return [
    `curl ${quoted(origin + request.path)}`,
    '-H "Access-Token: $ACCESS_TOKEN"',
    `-H ${quoted(`Content-Type: ${request.headers['content-type'] ?? ''}`)}`,
    `--data-raw ${quoted(body)}`,
  ].join(' \\\n  ')
}
