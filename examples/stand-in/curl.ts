/** Builds the cURL command that sends a received event again. The reader supplies the token. */
import type { Exchange } from './event-store.js'
import type { ReceivedEvent } from './received-event.js'

const shellQuote = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`

/** The body is the request with this event alone, or the raw text of a body that could not be parsed. */
const bodyOf = ({ batch, payload }: ReceivedEvent, root: unknown): string => {
  if (batch > 0) return JSON.stringify({ ...(root as object), data: [payload] })
  return typeof payload === 'string' ? payload : JSON.stringify(payload)
}

/** Null for an event of the pixel, which no server sent. */
export const curlCommand = (origin: string, event: ReceivedEvent, { request }: Exchange): string | null => {
  if (event.channel === 'browser') return null
  return [
    `curl ${shellQuote(origin + request.path)}`,
    '-H "Access-Token: $ACCESS_TOKEN"',
    `-H ${shellQuote(`Content-Type: ${request.headers['content-type'] ?? ''}`)}`,
    `--data-raw ${shellQuote(bodyOf(event, request.root))}`,
  ].join(' \\\n  ')
}
