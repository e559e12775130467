/** Knows which answers were ordered in place of the normal one: faults for one pixel or for all. */
import { Ajv2020 } from 'ajv/dist/2020.js'

/** One ordered answer. What is absent is as in the normal answer. */
export interface Answer {
  /**
   * `normal` (with `delayMs`: late) · `code`: TikTok's envelope with `code` · `http`: `status` with `body` ·
   * `hang`: no answer, the connection stays open · `reset`: the connection is cut by RST ·
   * `drip`: the normal answer, one byte every `everyMs`.
   */
  kind: 'normal' | 'code' | 'http' | 'hang' | 'reset' | 'drip'
  /** With `code`: any number, such as 40100. */
  code?: number
  message?: string
  /** HTTP status; 200 unless said (`http`: 502). */
  status?: number
  /** With `http`: what stands in the body; `html` unless said. */
  body?: 'html' | 'empty' | 'json' | 'text'
  /** Value of the header Retry-After: seconds, or an HTTP date. */
  retryAfter?: string | number
  /** Waits before answering. */
  delayMs?: number
  /** Pause between two bytes of a drip; 100 unless said. */
  everyMs?: number
  /**
   * Whether the request is judged and counted before it is answered so: `true` with `reset` is a cut *after*
   * the request was taken. True by itself for `normal` and `drip`, else false.
   */
  taken?: boolean
  /** Serves this many requests, then the answer behind it; absent: until it is replaced. */
  next?: number
  /** Share of the requests it is given to, 0 to 1; the others pass to the normal answer. */
  probability?: number
}

/** Body of `PUT /inspector/api/answers`: replaces the answers of one pixel (`*`: of all pixels without their own). */
export interface Order {
  pixel: string
  /** Served in this order; empty: back to normal. */
  answers: Answer[]
}

export interface Answers {
  set(order: Order): void
  /** Everything to normal. */
  clear(): void
  list(): Order[]
  /** The ordered answer for a request of this pixel, used up by asking. */
  take(pixel: string): Answer | undefined
}

const schema = {
  type: 'object',
  required: ['answers'],
  additionalProperties: false,
  properties: {
    pixel: { type: 'string', minLength: 1, maxLength: 100, default: '*' },
    answers: {
      type: 'array',
      maxItems: 1000,
      items: {
        type: 'object',
        required: ['kind'],
        additionalProperties: false,
        properties: {
          kind: { enum: ['normal', 'code', 'http', 'hang', 'reset', 'drip'] },
          code: { type: 'integer' },
          message: { type: 'string' },
          status: { type: 'integer', minimum: 200, maximum: 599 },
          body: { enum: ['html', 'empty', 'json', 'text'] },
          retryAfter: { type: ['string', 'number'], pattern: '^[\\x20-\\x7e]*$' },
          delayMs: { type: 'number', minimum: 0, maximum: 600_000 },
          everyMs: { type: 'number', minimum: 1, maximum: 60_000 },
          taken: { type: 'boolean' },
          next: { type: 'integer', minimum: 1 },
          probability: { type: 'number', minimum: 0, maximum: 1 },
        },
      },
    },
  },
} as const

const ajv = new Ajv2020({ allErrors: true, useDefaults: true, strictTypes: false })
const fits = ajv.compile<Order>(schema)

/** The order, or what is wrong with it. */
export const readOrder = (body: unknown): { order: Order } | { problems: string[] } => {
  if (fits(body)) return { order: body }
  return {
    problems: (fits.errors ?? []).map(({ instancePath, message }) => `${instancePath || 'body'} ${message}`),
  }
}

/** `random` gives 0 up to 1; it decides where an answer has a `probability`. */
export const createAnswers = (random: () => number): Answers => {
  const orders = new Map<string, Answer[]>()
  return {
    set: ({ pixel, answers }) => {
      if (answers.length === 0) orders.delete(pixel)
      else orders.set(pixel, structuredClone(answers))
    },
    clear: () => orders.clear(),
    list: () => Array.from(orders, ([pixel, answers]) => ({ pixel, answers: structuredClone(answers) })),
    take: (pixel) => {
      const key = orders.has(pixel) ? pixel : '*'
      const queue = orders.get(key)
      const first = queue?.[0]
      if (!queue || !first || random() >= (first.probability ?? 1)) return undefined
      if (first.next !== undefined && --first.next === 0) queue.shift()
      if (queue.length === 0) orders.delete(key)
      return structuredClone(first)
    },
  }
}
