// Replaces TikTok at almost no cost: answers `code: 0` after a delay, counts events, and holds or refuses requests on
// command. It runs as a process of its own and validates nothing.
import http from 'node:http'
import type { AddressInfo } from 'node:net'

/** The response of `GET /stats`. */
export interface SinkStats {
  events: number
  requests: number
  /** Requests that arrived since the last release, and milliseconds from the release to the last answer. */
  released: { events: number; requests: number; elapsedMs: number }
}

let events = 0
let requests = 0
let released = { events: 0, requests: 0, elapsedMs: 0 }
let releasedAt = 0
let delayMs = 0
let mode: 'answer' | 'hold' | 'refuse' = 'answer'
let held: (() => void)[] = []

const answer = '{"code":0,"message":"OK","request_id":"bench","data":{}}'
const headers = { 'content-type': 'application/json', 'content-length': answer.length }

function track(response: http.ServerResponse, body: string): void {
  const arrivedAt = performance.now()
  const finish = () => {
    const { length } = (JSON.parse(body) as { data: unknown[] }).data
    events += length
    requests++
    // Requests held before the release had already arrived. Counting them would inflate the rate.
    if (arrivedAt > releasedAt) {
      released.events += length
      released.requests++
      released.elapsedMs = performance.now() - releasedAt
    }
    response.writeHead(200, headers).end(answer)
  }
  const settle = () => (delayMs === 0 ? finish() : void setTimeout(finish, delayMs))
  if (mode === 'hold') held.push(settle)
  else settle()
}

function control(url: URL, response: http.ServerResponse): void {
  if (url.pathname === '/control') {
    delayMs = Number(url.searchParams.get('delayMs') ?? delayMs)
    mode = (url.searchParams.get('mode') as typeof mode) ?? mode
    if (mode === 'answer') {
      releasedAt = performance.now()
      released = { events: 0, requests: 0, elapsedMs: 0 }
      for (const settle of held) settle()
      held = []
    }
  }
  const stats: SinkStats = { events, requests, released }
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(stats))
}

const server = http.createServer((request, response) => {
  if (request.method === 'GET') {
    control(new URL(request.url ?? '/', 'http://sink'), response)
    return
  }
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    if (mode === 'refuse') response.writeHead(503).end()
    else track(response, Buffer.concat(chunks).toString('utf8'))
  })
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
