// Sends single HTTP requests with exactly the headers a test names, and raw bytes where HTTP clients refuse them.
import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { waitLimitMs } from './wait.js'

export interface Call {
  method?: string
  path?: string
  /** A header whose value is undefined is left out, even if a default names it. */
  headers?: Record<string, string | string[] | undefined>
  /** Address of this machine to call from. */
  from?: string
  /** Text and bytes are sent unchanged, anything else as JSON. */
  body?: unknown
  /** Connections to use instead of the shared ones. */
  agent?: Agent
  /** Ends the request with an error after so long a silence. */
  silenceMs?: number
}

export interface Answer {
  status: number
  headers: NodeJS.Dict<string | string[]>
  text: string
  bytes: Buffer
  /** Undefined if the body is not JSON. */
  json: unknown
}

const sharedAgent = new Agent({ keepAlive: true })

/** Rejects if the connection breaks before the answer is complete. */
export async function call(origin: string, options: Call): Promise<Answer> {
  const body = bytesOf(options.body)
  try {
    return await attempt(origin, options, body)
  } catch (error) {
    // The server may close an idle connection in the moment of its reuse: nothing was processed then.
    if (!(error instanceof StaleConnection)) throw error
    return attempt(origin, options, body)
  }
}

class StaleConnection extends Error {}

function attempt(
  origin: string,
  { method = 'GET', path = '/', headers = {}, from, agent = sharedAgent, silenceMs }: Call,
  body: Buffer | undefined,
): Promise<Answer> {
  const present = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined))
  const length = body === undefined || present['transfer-encoding'] ? {} : { 'content-length': body.length }
  const options = {
    method,
    agent,
    headers: { ...length, ...present } as never,
    ...(from && { localAddress: from }),
    ...(silenceMs && { timeout: silenceMs }),
  }
  return new Promise((resolve, reject) => {
    const sent = request(`${origin}${path}`, options, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.once('error', reject)
      response.once('end', () => {
        const bytes = Buffer.concat(chunks)
        const text = bytes.toString('utf8')
        const { statusCode: status = 0, headers } = response
        resolve({ status, headers, bytes, text, json: parse(text) })
      })
    })
    sent.once('timeout', () => sent.destroy(new Error(`no answer within ${silenceMs} ms`)))
    sent.once('error', (error: NodeJS.ErrnoException) => {
      const isStale = sent.reusedSocket && error.code === 'ECONNRESET'
      reject(isStale ? new StaleConnection(error.message, { cause: error }) : error)
    })
    sent.end(body)
  })
}

function bytesOf(body: unknown): Buffer | undefined {
  if (body === undefined || Buffer.isBuffer(body)) return body
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export interface RawAnswer {
  /** All bytes that came back, as latin1. */
  text: string
  /** Milliseconds until the server closed the connection, or until the limit. */
  ms: number
  /** Whether the server closed the connection. */
  closed: boolean
}

/** Writes bytes to a socket and reads until the server closes the connection. */
export function sendRaw(origin: string, bytes: string | Buffer, limitMs = waitLimitMs): Promise<RawAnswer> {
  const { hostname, port } = new URL(origin)
  return new Promise((resolve) => {
    const startedAt = Date.now()
    const socket = connect(Number(port), hostname, () => socket.write(bytes))
    let text = ''
    const end = (closed: boolean) => {
      clearTimeout(timer)
      socket.destroy()
      resolve({ text, ms: Date.now() - startedAt, closed })
    }
    const timer = setTimeout(() => end(false), limitMs)
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
    })
    // A reset may follow the answer. What was read before it counts.
    socket.on('error', () => end(true))
    socket.on('close', () => end(true))
  })
}
