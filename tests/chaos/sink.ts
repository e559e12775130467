// Knows as much of TikTok as the oracle needs: answers, hangs or is away as told, and books each event once.
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'

export interface Batch {
  token: string
  ids: string[]
  /** Unix milliseconds. */
  at: number
}

/** `hang` reads and never answers; a code of 0 books the events; a function answers by itself, booked or not. */
export type Reply = { code: number; message?: string; status?: number } | 'hang' | Raw
export type Raw = (response: ServerResponse, book: () => void) => void

/** How a sender writes its requests, and the body it takes for a yes. */
export interface WireFormat {
  /** @returns the key says what must not change when the event is sent again */
  events: (body: string) => { id: string; key: string }[]
  successBody: string
}

export interface Sink {
  origin: string
  /** What it says to a request; may be replaced at any time. */
  answer: (batch: Batch) => Reply
  /** How long it takes to say so; what is booked is booked at once. */
  delayMs: number
  /** Every request in the order of arrival, whatever the answer was. */
  batches: Batch[]
  /** Ids in the order of their first booking. */
  booked: Set<string>
  /** Bookings beyond the first of an id: TikTok drops them by the event id. */
  extraSends(): number
  /** Ids that it would count more than once: sent under another name, source or time. */
  netDuplicates(): number
  /** Refuses connections and cuts those there are, until `up`. */
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

export async function startSink(dialect = tiktok): Promise<Sink> {
  const seen = new Map<string, string>()
  const twice = new Set<string>()
  let sends = 0
  let server: Server | undefined
  let port = 0

  const sink: Sink = {
    origin: '',
    answer: () => ({ code: 0 }),
    delayMs: 0,
    batches: [],
    booked: new Set(),
    extraSends: () => sends - sink.booked.size,
    netDuplicates: () => twice.size,
    async down() {
      const closed = new Promise((resolve) => server?.close(resolve))
      server?.closeAllConnections()
      await closed
    },
    async up() {
      server = createServer((request, response) => {
        const chunks: Buffer[] = []
        request.on('data', (chunk: Buffer) => chunks.push(chunk))
        request.on('error', () => {})
        request.on('end', () => {
          const bytes = Buffer.concat(chunks)
          const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes
          const events = dialect.events(body.toString('utf8'))
          const token = String(request.headers['access-token'])
          const batch = { token, ids: events.map(({ id }) => id), at: Date.now() }
          sink.batches.push(batch)
          const reply = sink.answer(batch)
          if (reply === 'hang') return
          if (typeof reply === 'function') return reply(response, () => book(events))
          const { status = 200, ...said } = reply
          if (said.code === 0) book(events)
          response.writeHead(status, { 'content-type': 'application/json' })
          const no = { message: 'OK', request_id: 'chaos', data: {}, ...said }
          const text = said.code === 0 ? dialect.successBody : JSON.stringify(no)
          if (sink.delayMs > 0) setTimeout(() => response.end(text), sink.delayMs)
          else response.end(text)
        })
      })
      const listening = new Promise((resolve) => server?.once('listening', resolve))
      server.listen(port, '127.0.0.1')
      await listening
      port = (server.address() as AddressInfo).port
      sink.origin = `http://127.0.0.1:${port}`
    },
  }
  const book = (events: ReturnType<WireFormat['events']>) => {
    for (const { id, key } of events) {
      if ((seen.get(id) ?? key) !== key) twice.add(id)
      seen.set(id, key)
      sink.booked.add(id)
      sends++
    }
  }
  await sink.up()
  return sink
}
