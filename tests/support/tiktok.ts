// Knows as much of TikTok as a test needs: takes every request, writes it down, answers as told.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { until } from './http.js'

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
  at: number
}

export interface TikTok {
  origin: string
  /** Every request, in the order of arrival, whatever the answer was. */
  requests: ReceivedRequest[]
  /** Waits for an event of this id. */
  event(eventId: string, withinMs?: number): Promise<TikTokEvent>
  /** All that came with this id. */
  eventsOf(eventId: string): TikTokEvent[]
  close(): Promise<void>
}

export const okBody = '{"code":0,"message":"OK","request_id":"x","data":{}}'

/** @param answer ends the response itself, or leaves it hanging; without it every request is fine */
export async function startTikTok(
  answer: (heard: ReceivedRequest, response: ServerResponse) => void = (_, response) => response.end(okBody),
): Promise<TikTok> {
  const requests: ReceivedRequest[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('error', () => {})
    request.on('end', () => {
      const { url: path = '', method = '', headers } = request
      const entry = {
        path,
        method,
        headers,
        body: JSON.parse(Buffer.concat(chunks).toString('utf8')),
        at: Date.now(),
      }
      requests.push(entry)
      answer(entry, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const eventsOf = (eventId: string) =>
    requests.flatMap(({ body }) => body.data.filter((event) => event.event_id === eventId))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    eventsOf,
    event: (eventId, withinMs) => until(`TikTok gets ${eventId}`, () => eventsOf(eventId)[0], withinMs),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
