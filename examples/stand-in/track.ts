/** Handles one request of the Events API: refuses or accepts it, records its events, and answers. */
import { createHash, randomUUID } from 'node:crypto'
import type { Request, Response } from 'express'
import type { Answer } from './answers.js'
import type { NewEvent } from './event-store.js'
import { arrayOrEmpty, at, type JsonObject, stringOrNull } from './json.js'
import { readEvent, verdictFields } from './received-event.js'
import type { Refusal } from './refuse/refusal.js'
import { refuse } from './refuse/refuse.js'
import { parseBody } from './refuse/request.js'
import { describeAnswer, type Envelope, planResponse, respond } from './respond.js'
import { createFinding, type Finding } from './rules.js'
import type { StandInServices } from './services.js'
import { maskToken } from './tokens.js'
import { warn } from './warn/warn.js'

export const TRACK_PATH = '/open_api/v1.3/event/track/'

/** Fields that all events of a request share. */
type RequestFields = Pick<NewEvent, 'receivedAt' | 'requestId' | 'code' | 'fault' | 'tookMs'>

export const createTrackHandler =
  (services: StandInServices) =>
  async (request: Request, response: Response): Promise<void> => {
    const startedAt = performance.now()
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
    const raw = { token: request.get('access-token'), contentType: request.get('content-type'), body }
    const root = parseBody(raw)
    const pixel = stringOrNull(at(root, 'event_source_id')) ?? ''
    const answer = services.answers.take(pixel)
    const { strict } = services.settings.of(pixel)
    const isTaken = takesRequest(answer)
    const refusal = isTaken ? refuse(raw, root, { ...services, strict }) : undefined
    const normal = normalEnvelope(refusal, services.now(pixel))
    const planned = planResponse(answer, normal)
    const requestFields = {
      receivedAt: new Date(services.now(pixel)).toISOString(),
      requestId: normal.request_id,
      code: planned?.envelope?.code ?? null,
      fault: answer ? describeAnswer(answer) : null,
      tookMs: Math.round((performance.now() - startedAt) * 10) / 10,
    }
    const events =
      isTaken && root && !refusal
        ? acceptedEvents(root, body.length, services, requestFields)
        : rejectedEvents(root, body, refusal, requestFields)
    const { data: _, ...rootWithoutData } = root ?? {}
    services.events.add(pixel, events, {
      request: {
        method: request.method,
        path: request.originalUrl,
        headers: maskedHeaders(request),
        root: rootWithoutData,
      },
      response: { status: planned?.status ?? null, body: planned?.envelope ?? planned?.body ?? null },
    })
    await respond(response, answer, planned, services.closing)
  }

/** Whether the request is validated and counted, and not only answered. */
const takesRequest = (answer: Answer | undefined): boolean =>
  answer?.taken ?? (answer === undefined || answer.kind === 'normal' || answer.kind === 'drip')

/** The answer to the request itself, before a simulated answer replaces it. */
const normalEnvelope = (refusal: Refusal | undefined, nowMs: number): Envelope => ({
  code: refusal?.code ?? 0,
  message: refusal?.message ?? 'OK',
  request_id: createRequestId(nowMs),
  data: {},
})

/** 14 digits of UTC time and 18 hex digits, as in TikTok's answers. */
const createRequestId = (nowMs: number): string =>
  new Date(nowMs).toISOString().replaceAll(/\D/g, '').slice(0, 14) +
  createHash('sha256').update(randomUUID()).digest('hex').slice(0, 18).toUpperCase()

const acceptedEvents = (
  root: JsonObject,
  bytes: number,
  services: StandInServices,
  shared: RequestFields,
): NewEvent[] => {
  const warnings = warn(root, services.knownBadHashes, bytes)
  const firstId = services.events.nextId()
  return arrayOrEmpty(root.data).map((payload, index) => {
    const event = readEvent(root, payload)
    const identity = { ...event, event: event.event ?? '', channel: 'server' as const }
    const repeat = services.ledger.record(identity, String(firstId + index))
    const findings = [
      ...(warnings[index] ?? []),
      ...warnRepeatedOrder(services, event.pixel, payload, `data[${index}]`),
    ]
    return { ...event, ...shared, ...verdictFields(findings, repeat), index, channel: 'server' }
  })
}

/** Warns when the same order was sent before under another event_id. */
const warnRepeatedOrder = (
  { ledger }: StandInServices,
  pixel: string,
  payload: unknown,
  path: string,
): Finding[] => {
  const name = String(at(payload, 'event'))
  const eventId = at(payload, 'event_id')
  const orderId = at(at(payload, 'properties'), 'order_id')
  if (typeof eventId !== 'string' || typeof orderId !== 'string') return []
  const earlierId = ledger.recordOrder(pixel, name, orderId, eventId)
  return earlierId
    ? [createFinding('TT-W19', `${path}.event_id`, eventId, `${earlierId}, sent before for this order`)]
    : []
}

/** One event for each entry of `data`, or one with the raw text of a body that could not be parsed. */
const rejectedEvents = (
  root: JsonObject | undefined,
  body: Buffer,
  refusal: Refusal | undefined,
  shared: RequestFields,
): NewEvent[] => {
  const data = arrayOrEmpty(at(root, 'data'))
  const payloads = data.length > 0 ? data : [root ?? body.toString('utf8', 0, 2000)]
  return payloads.map((payload, index) => ({
    ...readEvent(root, payload),
    ...shared,
    index,
    channel: 'server',
    verdict: 'rejected',
    duplicate: false,
    duplicateOf: null,
    dedup: null,
    findings: refusal ? [refusal.finding] : [],
  }))
}

const maskedHeaders = (request: Request): { [name: string]: string } => {
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)])
  return { ...Object.fromEntries(headers), 'access-token': maskToken(request.get('access-token')) }
}
