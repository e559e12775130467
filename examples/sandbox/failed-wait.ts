/** Describes why a wait for events failed: what was expected, and what arrived instead. */
import type { ReceivedEvent } from '../stand-in/received-event.js'
import { differences, type Expected } from './expected.js'

const MAX_LISTED = 10

export interface FailedWait {
  query: string | Expected
  /** How many events were expected, and how many matched. */
  count: number
  found: number
  timeoutMs: number
  /** All events of the pixel, newest first. */
  received: readonly ReceivedEvent[]
  /** Number of events of all pixels. */
  total: number
  /** Origin of the stand-in. */
  url: string
  pixel: string | undefined
}

export const describeFailedWait = (wait: FailedWait): string => {
  const { query, count, found, timeoutMs, received } = wait
  const expected = typeof query === 'string' ? query : JSON.stringify(query)
  return [
    `Waited ${timeoutMs} ms for ${count} of ${expected}, got ${found}.`,
    received.length === 0 ? describeNothing(wait) : `The newest of ${received.length} that arrived:`,
    ...received.slice(0, MAX_LISTED).map((event) => describeEvent(query, event)),
  ].join('\n')
}

const describeNothing = ({ total, url, pixel }: FailedWait): string =>
  total > 0
    ? `Nothing arrived for the pixel ${pixel}; for others ${total} did.`
    : `Nothing arrived. Does the collector send here (TAGFERRY_TIKTOK_URL=${url}), and has the site a connection?`

const describeEvent = (query: string | Expected, event: ReceivedEvent): string => {
  const state = [event.verdict, event.duplicate && 'duplicate'].filter(Boolean).join(', ')
  const reasons = [
    ...(typeof query === 'object' ? differences(query, event) : []),
    ...(event.fault ? [`ordered: ${event.fault}`] : []),
    ...event.findings.map(
      ({ rule, where, expected, got }) => `${rule} ${where}: expected ${expected}, got ${got}`,
    ),
  ]
  return `  ${event.event} ${event.eventId} (${state})${reasons.length > 0 ? `: ${reasons.join('; ')}` : ''}`
}
