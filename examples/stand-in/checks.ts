/** Lists for one event which rules it passed, which it broke, and which were not reached. */
import type { ReceivedEvent } from './received-event.js'
import { type Confidence, type Finding, RULES, type RuleId } from './rules.js'

export interface Check {
  rule: RuleId
  expected: string
  confidence: Confidence
  result: 'passed' | 'warned' | 'refused' | 'not reached'
  /** Every breach of this rule. */
  findings: Finding[]
}

/** Rules of refusal in the order of refuse.ts. The first broken one ends the validation. */
const REFUSALS = (
  'TT-E02 TT-E03 TT-E04 TT-E05 TT-E06 TT-E07 TT-E08 TT-E09 TT-E10 ' +
  'TT-E20 TT-E11 TT-E12 TT-E01 TT-E13 TT-E14 TT-E21 TT-E15 TT-E16 TT-E17 TT-E18 TT-E19'
).split(' ') as RuleId[]

/** Warnings for events of the pixel in a page. The others concern the Events API only. */
const BROWSER_WARNINGS = /^TT-W(01|1[2-8]|2[0-2468]|29|3[01])$/

const WARNINGS = Object.keys(RULES).filter((rule) => rule.startsWith('TT-W')) as RuleId[]

const createCheck = (rule: RuleId, result: Check['result'], findings: Finding[] = []): Check => ({
  rule,
  expected: RULES[rule][0],
  confidence: RULES[rule][2],
  result,
  findings,
})

/** `strict`: whether plain personal data is refused. Without it rule TT-E18 does not apply. */
export const checkResults = (event: ReceivedEvent, strict: boolean): Check[] => {
  const breaches = (rule: RuleId) => event.findings.filter((finding) => finding.rule === rule)
  const warningChecks = (rules: RuleId[]) =>
    rules.map((rule) => createCheck(rule, breaches(rule).length > 0 ? 'warned' : 'passed', breaches(rule)))
  if (event.channel === 'browser')
    return warningChecks(WARNINGS.filter((rule) => BROWSER_WARNINGS.test(rule)))
  const refusals = REFUSALS.filter((rule) => strict || rule !== 'TT-E18' || breaches(rule).length > 0)
  if (event.verdict !== 'rejected')
    return [...refusals.map((rule) => createCheck(rule, 'passed')), ...warningChecks(WARNINGS)]
  const broken = refusals.findIndex((rule) => breaches(rule).length > 0)
  return [...refusals, ...WARNINGS].map((rule, i) =>
    i === broken
      ? createCheck(rule, 'refused', breaches(rule))
      : createCheck(rule, i < broken ? 'passed' : 'not reached'),
  )
}
