/**
 * Lists all diagnoses. The dashboard, the command line and docs/troubleshooting.md take their words from here, so they
 * cannot disagree.
 */
import type { Rule } from './rule.js'
import { connection } from './rules/connection.js'
import { events } from './rules/events.js'
import { identity } from './rules/identity.js'
import { install } from './rules/install.js'
import { operation } from './rules/operation.js'
import { privacy } from './rules/privacy.js'
import { queue } from './rules/queue.js'

/** In the order of the troubleshooting page. */
const rulesByGroup = {
  Install: install,
  Privacy: privacy,
  Identity: identity,
  Connection: connection,
  Events: events,
  Queue: queue,
  Operation: operation,
}

export type Group = keyof typeof rulesByGroup
/** The codes of all rules: a closed union. */
export type Code = (typeof rulesByGroup)[Group][number]['code']

export interface Diagnosis extends Rule {
  code: Code
  group: Group
}

export const groups = Object.keys(rulesByGroup) as Group[]

export const registry: readonly Diagnosis[] = groups.flatMap((group) =>
  rulesByGroup[group].map((rule): Diagnosis => ({ ...rule, group })),
)

const byCode = Object.fromEntries(registry.map((diagnosis) => [diagnosis.code, diagnosis])) as Record<
  Code,
  Diagnosis
>

export const diagnosisOf = (code: Code): Diagnosis => byCode[code]
export const isCode = (text: string): text is Code => Object.hasOwn(byCode, text)
