/** Summarises a received event in one sentence. */
import type { ReceivedEvent } from './received-event.js'

const money = ({ value, currency }: ReceivedEvent): string => {
  if (value === null) return ''
  try {
    return ` of ${new Intl.NumberFormat('en-US', { style: 'currency', currency: currency ?? '' }).format(value)}`
  } catch {
    return ` of ${value} ${currency ?? 'without a currency'}`
  }
}

const dedupClause = (event: ReceivedEvent): string => {
  if (event.dedup === 'merged')
    return `; merged with no. ${event.duplicateOf}, its match keys enrich that one, and it counts once`
  if (event.dedup === 'dropped')
    return `; dropped as a repeat of no. ${event.duplicateOf}, so it does not count`
  return event.test ? '; a test event, so it stays out of the counts' : ''
}

const verdictClause = (event: ReceivedEvent): string => {
  const warnings = event.findings.length === 1 ? '1 warning' : `${event.findings.length} warnings`
  if (event.verdict === 'accepted') return `was accepted${dedupClause(event)}`
  if (event.verdict === 'warned') return `was accepted with ${warnings}${dedupClause(event)}`
  const [first] = event.findings
  const answer = event.code === null ? 'without an answer' : `with code ${event.code}`
  return first
    ? `was rejected ${answer}: ${first.where} broke ${first.rule}, ${first.expected}`
    : `was not taken: the answer "${event.fault}" had been ordered`
}

export const summarise = (event: ReceivedEvent): string => {
  const name = event.event ?? 'Something unreadable'
  const from = event.host ? ` from ${event.host}` : ''
  const by = event.channel === 'browser' ? ', sent by the pixel in the page,' : ''
  const faulty =
    event.fault && event.verdict !== 'rejected' ? ` The answer "${event.fault}" had been ordered.` : ''
  return `${name}${money(event)}${from}${by} ${verdictClause(event)}.${faulty}`
}
