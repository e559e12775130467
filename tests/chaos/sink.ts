// Stands in for TikTok in experiments: answers, hangs or is down as told, and books each event once.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { close } from '../support/port.js'

export interface Batch {
  /** Access Token of the request. */
  token: string
  ids: string[]
  /** Of the body. */
  bytes: number
  /** Unix milliseconds. */
  at: number
}

/** `hang` never answers. A code of 0 books the events. A function writes the response itself, and may book them. */
export type Reply = { code: number; message?: string; status?: number } | 'hang' | Raw
export type Raw = (response: ServerResponse, book: () => void) => void

/** The requests of a sender, and the body that it takes for a success. */
export interface WireFormat {
  /** @returns the events; `key` holds what must not change when an event is sent again */
  events: (body: string) => { id: string; key: string }[]
  successBody: string
}

export interface Sink {
  origin: string
  /** The reply to a request. It may be replaced at any time. */
  answer: (batch: Batch) => Reply
  /** Milliseconds between the booking and the response. */
  delayMs: number
  /** Every request in the order of arrival, whatever the reply was. */
  batches: Batch[]
  /** Ids in the order of their first booking. */
  booked: Set<string>
  /** Bookings beyond the first of an id, which TikTok drops by the event id. */
  extraSends(): number
  /** Ids that TikTok would count more than once, because they came under another name, source or time. */
  netDuplicates(): number
  /** Refuses connections and cuts the existing ones, until `up`. */
  down(): Promise<void>
  up(): Promise<void>
}

interface Body {
  event_source_id: string
  data: { event: string; event_id: string; event_time: number }[]
}

const tiktok: WireFormat = {
  events(body) {
    const { event_source_id: source, data } = JSON.parse(body) as Body
    return data.map(({ event, event_id: id, event_time: time }) => ({
      id,
      key: `${source} ${event} ${time}`,
    }))
  },
  successBody: '{"code":0,"message":"OK","request_id":"chaos","data":{}}',
}

export async function startSink(format = tiktok): Promise<Sink> {
  const books = createBooks()
  let server: Server
  let port = 0
  const sink: Sink = {
    origin: '',
    answer: () => ({ code: 0 }),
    delayMs: 0,
    batches: [],
    booked: books.booked,
    extraSends: books.extraSends,
    netDuplicates: books.netDuplicates,
    down: () => close(server),
    async up() {
      server = createServer(async (request, response) => {
        const body = await readBody(request)
        if (body !== undefined) reply(sink, format, books.book, { request, response, body })
      })
      const listening = new Promise((resolve) => server.once('listening', resolve))
      server.listen(port, '127.0.0.1')
      await listening
      port = (server.address() as AddressInfo).port
      sink.origin = `http://127.0.0.1:${port}`
    },
  }
  await sink.up()
  return sink
}

type Events = ReturnType<WireFormat['events']>

/** Counts which events were accepted, and how often. */
function createBooks() {
  const keys = new Map<string, string>()
  const countedTwice = new Set<string>()
  const booked = new Set<string>()
  let sends = 0
  return {
    booked,
    extraSends: () => sends - booked.size,
    netDuplicates: () => countedTwice.size,
    book(events: Events) {
      for (const { id, key } of events) {
        if ((keys.get(id) ?? key) !== key) countedTwice.add(id)
        keys.set(id, key)
        booked.add(id)
        sends++
      }
    },
  }
}

/** Undefined if the connection breaks first. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of request) chunks.push(chunk)
  } catch {
    return undefined
  }
  const bytes = Buffer.concat(chunks)
  return (request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString('utf8')
}

interface Exchange {
  request: IncomingMessage
  response: ServerResponse
  body: string
}

function reply(
  sink: Sink,
  format: WireFormat,
  book: (events: Events) => void,
  { request, response, body }: Exchange,
): void {
  const events = format.events(body)
  const token = String(request.headers['access-token'])
  const batch = { token, ids: events.map(({ id }) => id), bytes: Buffer.byteLength(body), at: Date.now() }
  sink.batches.push(batch)
  const answer = sink.answer(batch)
  if (answer === 'hang') return
  if (typeof answer === 'function') {
    answer(response, () => book(events))
    return
  }
  const { status = 200, ...rest } = answer
  if (rest.code === 0) book(events)
  response.writeHead(status, { 'content-type': 'application/json' })
  const failure = { message: 'OK', request_id: 'chaos', data: {}, ...rest }
  const text = rest.code === 0 ? format.successBody : JSON.stringify(failure)
  if (sink.delayMs > 0) setTimeout(() => response.end(text), sink.delayMs)
  else response.end(text)
}
