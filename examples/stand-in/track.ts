/** Knows what happens to one request: ordered answer, refusal or taking, one record for each event, the answer. */
import { createHash, randomUUID } from 'node:crypto'
import type { Request, Response } from 'express'
import type { Answer, Answers } from './answers.js'
import { at, type JsonObject, listOf, textOf } from './json.js'
import { type Kept, readEvent } from './kept.js'
import type { Ledger, Repeat } from './ledger.js'
import { describe, type Envelope, perform, plan } from './perform.js'
import type { Received } from './received.js'
import type { Refusal } from './refuse/refusal.js'
import { type Law, refuse } from './refuse/refuse.js'
import { parse } from './refuse/request.js'
import { type Finding, finding, type RuleId } from './rules.js'
import type { SettingsBook } from './settings.js'
import { masked } from './tokens.js'
import { warn } from './warn/warn.js'

export const TRACK_PATH = '/open_api/v1.3/event/track/'

export interface Judge extends Omit<Law, 'strict'> {
  settings: SettingsBook
  answers: Answers
  received: Received
  ledger: Ledger
  knownFaults: ReadonlyMap<string, RuleId>
  /** A pixel's clock, in ms since 1970. */
  now: (pixel: string) => number
  /** Aborted when the server closes; ends waits and hangs. */
  closing: AbortSignal
}

/** 14 digits of UTC time and hex, as in TikTok's answers. */
const requestId = (nowMs: number): string =>
  new Date(nowMs).toISOString().replaceAll(/\D/g, '').slice(0, 14) +
  createHash('sha256').update(randomUUID()).digest('hex').slice(0, 18).toUpperCase()

type Entry = Omit<Kept, 'id' | 'pinned'>
type Common = Pick<Entry, 'receivedAt' | 'requestId' | 'code' | 'fault' | 'tookMs'>

const rejected = (
  root: JsonObject | undefined,
  raw: Buffer,
  refusal: Refusal | undefined,
  common: Common,
): Entry[] => {
  const data = listOf(at(root, 'data'))
  const events = data.length > 0 ? data : [root ?? raw.toString('utf8', 0, 2000)]
  return events.map((event, index) => ({
    ...readEvent(root, event),
    ...common,
    index,
    channel: 'server',
    verdict: 'rejected',
    duplicate: false,
    duplicateOf: null,
    dedup: null,
    findings: refusal ? [refusal.finding] : [],
  }))
}

const sameOrder = (judge: Judge, pixel: string, event: unknown, path: string): Finding[] => {
  const [name, id, order] = [
    at(event, 'event'),
    at(event, 'event_id'),
    at(at(event, 'properties'), 'order_id'),
  ]
  if (typeof id !== 'string' || typeof order !== 'string') return []
  const other = judge.ledger.noteOrder(pixel, String(name), order, id)
  return other ? [finding('TT-W19', `${path}.event_id`, id, `${other}, sent before for this order`)] : []
}

/** What the list shows of warnings and of the ledger. */
export const judged = (findings: Finding[], repeat: Repeat | null) => ({
  verdict: findings.length > 0 ? ('warned' as const) : ('accepted' as const),
  duplicate: repeat !== null,
  duplicateOf: repeat?.of ?? null,
  dedup: repeat?.became ?? null,
  findings,
})

const taken = (root: JsonObject, judge: Judge, common: Common): Entry[] => {
  const warnings = warn(root, judge.knownFaults)
  const first = judge.received.next()
  return listOf(root.data).map((event, index) => {
    const read = readEvent(root, event)
    const identity = { ...read, event: read.event ?? '', channel: 'server' as const }
    const repeat = judge.ledger.note(identity, String(first + index))
    const findings = [...(warnings[index] ?? []), ...sameOrder(judge, read.pixel, event, `data[${index}]`)]
    return { ...read, ...common, ...judged(findings, repeat), index, channel: 'server' }
  })
}

const headersOf = (request: Request): { [name: string]: string } => {
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)])
  return { ...Object.fromEntries(headers), 'access-token': masked(request.get('access-token')) }
}

const takes = (answer: Answer | undefined): boolean =>
  answer?.taken ?? (answer === undefined || answer.kind === 'normal' || answer.kind === 'drip')

export const createTrack =
  (judge: Judge) =>
  async (request: Request, response: Response): Promise<void> => {
    const startedAt = performance.now()
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
    const arrival = { token: request.get('access-token'), contentType: request.get('content-type'), body }
    const root = parse(arrival)
    const pixel = textOf(at(root, 'event_source_id')) ?? ''
    const answer = judge.answers.take(pixel)
    const { strict } = judge.settings.of(pixel)
    const refusal = takes(answer) ? refuse(arrival, root, { ...judge, strict }) : undefined
    const normal: Envelope = {
      code: refusal?.code ?? 0,
      message: refusal?.message ?? 'OK',
      request_id: requestId(judge.now(pixel)),
      data: {},
    }
    const planned = plan(answer, normal)
    const common = {
      receivedAt: new Date(judge.now(pixel)).toISOString(),
      requestId: normal.request_id,
      code: planned?.envelope?.code ?? null,
      fault: answer ? describe(answer) : null,
      tookMs: Math.round((performance.now() - startedAt) * 10) / 10,
    }
    const records =
      takes(answer) && root && !refusal ? taken(root, judge, common) : rejected(root, body, refusal, common)
    const { data: _, ...rest } = root ?? {}
    judge.received.add(pixel, records, {
      request: { method: request.method, path: request.originalUrl, headers: headersOf(request), root: rest },
      response: { status: planned?.status ?? null, body: planned?.envelope ?? planned?.body ?? null },
    })
    await perform(response, answer, planned, judge.closing)
  }
