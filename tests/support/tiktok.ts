// Stands in for TikTok in tests of the collector: records every request and answers as a test wants.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { close, listen } from './port.js'
import { waitFor } from './wait.js'

export interface TikTokEvent {
  event: string
  event_time: number
  event_id: string
  user: Record<string, unknown>
  page?: { url?: string; referrer?: string }
  properties?: Record<string, unknown>
  limited_data_use?: boolean
  [key: string]: unknown
}

export interface ReceivedRequest {
  path: string
  method: string
  headers: IncomingMessage['headers']
  body: { event_source_id: string; data: TikTokEvent[]; [key: string]: unknown }
  /** Unix milliseconds. */
  at: number
}

export interface TikTok {
  origin: string
  /** Every request in the order of arrival, whatever the answer was. */
  requests: ReceivedRequest[]
  /** Waits for an event with this id. */
  event(eventId: string): Promise<TikTokEvent>
  /** All events with this id, in the order of arrival. */
  eventsOf(eventId: string): TikTokEvent[]
  /** The requests that held an event with this id. */
  requestsWith(eventId: string): ReceivedRequest[]
  close(): Promise<void>
}

/** The body with which TikTok accepts a request. */
export const okBody = '{"code":0,"message":"OK","request_id":"x","data":{}}'

/** @param answer ends the response or leaves it open; without it every request is accepted */
export async function startTikTok(
  answer: (request: ReceivedRequest, response: ServerResponse) => void = (_, response) =>
    response.end(okBody),
): Promise<TikTok> {
  const requests: ReceivedRequest[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('error', () => {})
    request.on('end', () => {
      const { url: path = '', method = '', headers } = request
      const body = JSON.parse(Buffer.concat(chunks).toString('utf8'))
      const received = { path, method, headers, body, at: Date.now() }
      requests.push(received)
      answer(received, response)
    })
  })
  const port = await listen(server)
  const hasId =
    (eventId: string) =>
    ({ event_id }: TikTokEvent) =>
      event_id === eventId
  const eventsOf = (eventId: string) => requests.flatMap(({ body }) => body.data.filter(hasId(eventId)))
  return {
    origin: `http://127.0.0.1:${port}`,
    requests,
    eventsOf,
    requestsWith: (eventId) => requests.filter(({ body }) => body.data.some(hasId(eventId))),
    event: (eventId) => waitFor(`TikTok gets ${eventId}`, () => eventsOf(eventId)[0]),
    close: () => close(server),
  }
}
