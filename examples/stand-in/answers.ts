/** Queues simulated answers that replace the normal one, for one pixel or for all pixels. */
import { Ajv2020 } from 'ajv/dist/2020.js'

/** One simulated answer. Absent fields are as in the normal answer. */
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
  /** HTTP status; default 200, for `http` 502. */
  status?: number
  /** With `http`: kind of the body; default `html`. */
  body?: 'html' | 'empty' | 'json' | 'text'
  /** Value of the header Retry-After: seconds, or an HTTP date. */
  retryAfter?: string | number
  /** Delay before the answer. */
  delayMs?: number
  /** With `drip`: pause between two bytes; default 100. */
  everyMs?: number
  /**
   * Whether the request is validated and counted before this answer. `true` with `reset` cuts the connection *after*
   * the request was taken. Default true for `normal` and `drip`, else false.
   */
  taken?: boolean
  /** Number of requests to answer before the next answer in the queue; absent: until replaced. */
  next?: number
  /** Share of the requests, 0 to 1; the others get the normal answer. */
  probability?: number
}

/** Body of `PUT /inspector/api/answers`: replaces the queue of one pixel (`*`: of all pixels without a queue). */
export interface AnswerQueue {
  pixel: string
  /** Served in this order; an empty list restores the normal answer. */
  answers: Answer[]
}

export interface Answers {
  set(queue: AnswerQueue): void
  /** Restores the normal answer for all pixels. */
  clear(): void
  list(): AnswerQueue[]
  /** Takes the next simulated answer of a pixel; undefined for the normal answer. */
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
const isValid = ajv.compile<AnswerQueue>(schema)

/** The queue, or the problems of the body. */
export const parseAnswerQueue = (body: unknown): { queue: AnswerQueue } | { problems: string[] } => {
  if (isValid(body)) return { queue: body }
  return {
    problems: (isValid.errors ?? []).map(
      ({ instancePath, message }) => `${instancePath || 'body'} ${message}`,
    ),
  }
}

/** `random` returns 0 up to 1, and is compared with the `probability` of an answer. */
export const createAnswers = (random: () => number): Answers => {
  const queues = new Map<string, Answer[]>()
  return {
    set: ({ pixel, answers }) => {
      if (answers.length === 0) queues.delete(pixel)
      else queues.set(pixel, structuredClone(answers))
    },
    clear: () => queues.clear(),
    list: () => Array.from(queues, ([pixel, answers]) => ({ pixel, answers: structuredClone(answers) })),
    take: (pixel) => {
      const key = queues.has(pixel) ? pixel : '*'
      const queue = queues.get(key)
      const first = queue?.[0]
      if (!queue || !first || random() >= (first.probability ?? 1)) return undefined
      if (first.next !== undefined && --first.next === 0) queue.shift()
      if (queue.length === 0) queues.delete(key)
      return structuredClone(first)
    },
  }
}
