/** Knows how one received event is told in one sentence. */
import type { Kept } from './kept.js'

const money = ({ value, currency }: Kept): string => {
  if (value === null) return ''
  try {
    return ` of ${new Intl.NumberFormat('en-US', { style: 'currency', currency: currency ?? '' }).format(value)}`
  } catch {
    return ` of ${value} ${currency ?? 'without a currency'}`
  }
}

const counted = (kept: Kept): string => {
  if (kept.dedup === 'merged')
    return `; merged with no. ${kept.duplicateOf}, its match keys enrich that one, and it counts once`
  if (kept.dedup === 'dropped')
    return `; dropped as a repeat of no. ${kept.duplicateOf}, so it does not count`
  return kept.test ? '; a test event, so it stays out of the counts' : ''
}

const outcome = (kept: Kept): string => {
  const warnings = kept.findings.length === 1 ? '1 warning' : `${kept.findings.length} warnings`
  if (kept.verdict === 'accepted') return `was accepted${counted(kept)}`
  if (kept.verdict === 'warned') return `was accepted with ${warnings}${counted(kept)}`
  const [first] = kept.findings
  const answer = kept.code === null ? 'without an answer' : `with code ${kept.code}`
  return first
    ? `was rejected ${answer}: ${first.where} broke ${first.rule}, ${first.expected}`
    : `was not taken: the answer "${kept.fault}" had been ordered`
}

export const summarise = (kept: Kept): string => {
  const name = kept.event ?? 'Something unreadable'
  const from = kept.host ? ` from ${kept.host}` : ''
  const by = kept.channel === 'browser' ? ', sent by the pixel in the page,' : ''
  const faulty =
    kept.fault && kept.verdict !== 'rejected' ? ` The answer "${kept.fault}" had been ordered.` : ''
  return `${name}${money(kept)}${from}${by} ${outcome(kept)}.${faulty}`
}
