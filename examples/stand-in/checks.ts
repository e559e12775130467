/** Knows which rules an event passed, which it broke, and which nobody came to. */
import type { Kept } from './kept.js'
import { type Confidence, type Finding, RULES, type RuleId } from './rules.js'

export interface Check {
  rule: RuleId
  expected: string
  confidence: Confidence
  result: 'passed' | 'warned' | 'refused' | 'not reached'
  /** Every breach of this rule. */
  findings: Finding[]
}

/** Refusals in the order of refuse.ts; the first broken one ends the judging. */
const REFUSALS = (
  'TT-E02 TT-E03 TT-E04 TT-E05 TT-E06 TT-E07 TT-E08 TT-E09 TT-E10 ' +
  'TT-E20 TT-E11 TT-E12 TT-E01 TT-E13 TT-E14 TT-E21 TT-E15 TT-E16 TT-E17 TT-E18 TT-E19'
).split(' ') as RuleId[]

/** What a page's own pixel can get wrong; the rest is about the Events API. */
const OF_A_PAGE = /^TT-W(01|1[2-8]|2[0-2]|24)$/

const WARNINGS = Object.keys(RULES).filter((rule) => rule.startsWith('TT-W')) as RuleId[]

const check = (rule: RuleId, result: Check['result'], findings: Finding[] = []): Check => ({
  rule,
  expected: RULES[rule][0],
  confidence: RULES[rule][2],
  result,
  findings,
})

/** `strict`: whether plain personal data was refused (TT-E18), else that rule was not asked. */
export const checksOf = (kept: Kept, strict: boolean): Check[] => {
  const breaches = (rule: RuleId) => kept.findings.filter((finding) => finding.rule === rule)
  const warned = (rules: RuleId[]) =>
    rules.map((rule) => check(rule, breaches(rule).length > 0 ? 'warned' : 'passed', breaches(rule)))
  if (kept.channel === 'browser') return warned(WARNINGS.filter((rule) => OF_A_PAGE.test(rule)))
  const asked = REFUSALS.filter((rule) => strict || rule !== 'TT-E18' || breaches(rule).length > 0)
  if (kept.verdict !== 'rejected') return [...asked.map((rule) => check(rule, 'passed')), ...warned(WARNINGS)]
  const broken = asked.findIndex((rule) => breaches(rule).length > 0)
  return [...asked, ...WARNINGS].map((rule, i) =>
    i === broken
      ? check(rule, 'refused', breaches(rule))
      : check(rule, i < broken ? 'passed' : 'not reached'),
  )
}
