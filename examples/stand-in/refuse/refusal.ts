/** Creates a refusal: TikTok's code, its message, and the broken rule. */
import { createFinding, type Finding, type RuleId } from '../rules.js'

export interface Refusal {
  code: number
  message: string
  finding: Finding
}

/** TikTok writes paths with dots (`data.3.event_time`); findings write them with brackets. */
const dotted = (where: string): string => where.replaceAll(/\[(\d+)\]/g, '.$1')

export const refusal = (
  code: number,
  rule: RuleId,
  where: string,
  got: unknown,
  message?: string,
): Refusal => {
  const found = createFinding(rule, where, got)
  return {
    code,
    message: message ?? `${dotted(where)}: expected ${found.expected}, got ${found.got}`,
    finding: found,
  }
}
