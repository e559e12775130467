// Knows how one request is sent with just the headers a test wants, also those that fetch would not send.
import { Agent, request } from 'node:http'
import { connect } from 'node:net'

export interface Call {
  method?: string
  path?: string
  /** An undefined one is left out, though a default names it. */
  headers?: Record<string, string | string[] | undefined>
  /** Address of this machine to call from. */
  from?: string
  /** Text and bytes go as they are, anything else as JSON. */
  body?: unknown
}

export interface Answer {
  status: number
  headers: NodeJS.Dict<string | string[]>
  text: string
  bytes: Buffer
  /** Undefined where the body is none. */
  json: unknown
}

const agent = new Agent({ keepAlive: true })

export function call(
  origin: string,
  { method = 'GET', path = '/', headers = {}, from, body }: Call,
): Promise<Answer> {
  const bytes = bytesOf(body)
  const given = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined))
  return new Promise((resolve, reject) => {
    const length = bytes === undefined || given['transfer-encoding'] ? {} : { 'content-length': bytes.length }
    const sent = request(
      `${origin}${path}`,
      { method, agent, ...(from && { localAddress: from }), headers: { ...length, ...given } as never },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.once('error', reject)
        response.once('end', () => {
          const all = Buffer.concat(chunks)
          const text = all.toString('utf8')
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            bytes: all,
            text,
            json: parse(text),
          })
        })
      },
    )
    sent.once('error', reject)
    sent.end(bytes)
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
  /** All that came back. */
  text: string
  /** Until the far end closed, or until `forMs` were over. */
  ms: number
  closed: boolean
}

/** Writes bytes to a bare socket and listens until the far end closes or `forMs` are over. */
export function sendRaw(origin: string, bytes: string | Buffer, forMs = 3_000): Promise<RawAnswer> {
  const { hostname, port } = new URL(origin)
  return new Promise((resolve) => {
    const began = Date.now()
    const socket = connect(Number(port), hostname, () => socket.write(bytes))
    let text = ''
    const end = (closed: boolean) => {
      clearTimeout(timer)
      socket.destroy()
      resolve({ text, ms: Date.now() - began, closed })
    }
    const timer = setTimeout(() => end(false), forMs)
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
    })
    // A reset may follow the answer: what was read counts.
    socket.on('error', () => end(true))
    socket.on('close', () => end(true))
  })
}

export const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** Asks again until there is an answer. */
export async function until<T>(what: string, ask: () => T | undefined, withinMs = 6_000): Promise<T> {
  for (const began = Date.now(); Date.now() - began < withinMs; await sleep(10)) {
    const answer = ask()
    if (answer !== undefined) return answer
  }
  throw new Error(`${what}: not within ${withinMs} ms`)
}
