// Posts generated events to a collector and compares each with what TikTok receives.
import fc from 'fast-check'
import { plausibleEvent } from './event-grammar.js'
import { unexplained } from './explain-differences.js'
import type { Answer } from './http.js'
import type { TestSystem, WireAnswer } from './test-system.js'
import { waitFor } from './wait.js'

export interface GrammarResult {
  /** Events that reached TikTok and were compared. */
  compared: number
  /** Requests of servers that were refused with a reason. */
  refused: number
  skipped: number
  duplicates: number
  warnings: number
  /** What should not be, the first 20 of each kind. */
  faults: string[]
}

type Sent = Record<string, unknown> & { event: unknown }

const isUsable = ({ event }: Sent) => typeof event === 'string' && event.trim() !== '' && !event.includes('@')

/** Keys that are refused everywhere. */
const hasForbiddenKey = (event: Sent) => /"(__proto__|constructor|prototype)":/.test(JSON.stringify(event))

/** @param seed the same seed generates the same events */
export async function checkGrammar(system: TestSystem, events: number, seed: number): Promise<GrammarResult> {
  const result: GrammarResult = {
    compared: 0,
    refused: 0,
    skipped: 0,
    duplicates: 0,
    warnings: 0,
    faults: [],
  }
  const chunk = 1_000
  for (let from = 0; from < events; from += chunk) {
    const samples = fc.sample(plausibleEvent, { numRuns: Math.min(chunk, events - from), seed: seed + from })
    await checkEvents(system, samples as Sent[], result)
    system.tiktok.requests.length = 0
  }
  return result
}

async function checkEvents(
  system: TestSystem,
  events: readonly Sent[],
  result: GrammarResult,
): Promise<void> {
  const accepted: { sent: Sent; answer: WireAnswer; isServer: boolean }[] = []
  const fault = (kind: string, sent: unknown) => {
    if (result.faults.length < 20) result.faults.push(`${kind}: ${JSON.stringify(sent).slice(0, 3_000)}`)
  }
  for (let at = 0; at < events.length; at += 20) {
    const group = events.slice(at, at + 20)
    const answers = await Promise.all(group.map((event, index) => post(system, event, (at + index) % 3)))
    for (const [index, answer] of answers.entries()) {
      const sent = group[index] as Sent
      const route = (at + index) % 3
      const { status, json } = answer
      if (status === 400) {
        result.refused++
        // Only a server's request is refused for a field, and a page's for want of a usable name.
        if (route === 1 ? !hasReasons(json) : isUsable(sent) && !hasForbiddenKey(sent))
          fault(`refused by route ${route}`, [json, sent])
        continue
      }
      if (status !== 202) {
        fault(`status ${status}`, sent)
        continue
      }
      const body = json as WireAnswer
      result.skipped += body.skipped.length
      result.duplicates += body.duplicates
      result.warnings += body.warnings?.length ?? 0
      if (body.accepted + body.duplicates + body.skipped.length !== 1) fault('lost', [sent, body])
      if (body.accepted === 1) accepted.push({ sent, answer: body, isServer: route > 0 })
    }
  }
  const received = () => system.tiktok.requests.flatMap(({ body }) => body.data)
  await waitFor('TikTok gets all events', () => received().length >= accepted.length)
  const keyOf = (event: unknown, id: string | undefined) => `${nameOf(event)} ${id}`
  const byKey = new Map(received().map((event) => [keyOf(event.event, event.event_id), event]))
  for (const { sent, answer, isServer } of accepted) {
    const event = byKey.get(keyOf(sent.event, answer.ids[0]))
    if (!event) {
      fault('not received', [sent, answer])
      continue
    }
    result.compared++
    // The answer lists 50 warnings.
    const paths = answer.warnings_omitted ? [] : unexplained(sent, event, answer.warnings ?? [], isServer)
    for (const path of paths)
      fault(`unexplained ${path}`, [valueAt(sent, path), valueAt(event, path), answer.warnings, sent])
  }
}

/** The name under which TikTok receives an event. */
const nameOf = (name: unknown) => String(name).trim().slice(0, 100).replace('CompletePayment', 'Purchase')

/** Routes in turn: a page, a server, a server that lets invalid fields be dropped. */
function post(system: TestSystem, event: Sent, route: number): Promise<Answer> {
  const body = { site: 'shop.example', events: [event] }
  if (route === 0) return system.post(body)
  return system.postAsServer(route === 1 ? body : { ...body, on_invalid: 'drop' })
}

/** The value at a path such as `properties.contents[0].price`. */
const valueAt = (value: unknown, path: string): unknown =>
  path
    .split(/[.[\]]+/)
    .filter(Boolean)
    .reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value)

const hasReasons = (json: unknown) => ((json as { problems?: unknown[] }).problems ?? []).length > 0
