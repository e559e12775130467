/**
 * Lists all diagnoses. The dashboard, the command line and docs/troubleshooting.md take their words from here, so they
 * cannot disagree.
 */
import { vendors } from '../vendors/index.js'
import type { Rule } from './rule.js'
import { connection } from './rules/connection.js'
import { events } from './rules/events.js'
import { identity } from './rules/identity.js'
import { input } from './rules/input.js'
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
  Input: input,
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

const templates: readonly Diagnosis[] = groups.flatMap((group) =>
  rulesByGroup[group].map((rule): Diagnosis => ({ ...rule, group })),
)

/** Such as `TikTok`, or `TikTok or Meta`. */
const anyVendor = new Intl.ListFormat('en', { type: 'disjunction' }).format(vendors.map(({ label }) => label))

function named(template: Diagnosis, vendor: string): Diagnosis {
  const fill = (text: string) => text.replaceAll('{vendor}', vendor)
  return { ...template, title: fill(template.title), why: fill(template.why), fix: fill(template.fix) }
}

/** With the names of all vendors. */
export const registry: readonly Diagnosis[] = templates.map((template) => named(template, anyVendor))

const byCode = Object.fromEntries(templates.map((template) => [template.code, template])) as Record<
  Code,
  Diagnosis
>

/** @param vendor label of the vendor that the issue names */
export const diagnosisOf = (code: Code, vendor = anyVendor): Diagnosis => named(byCode[code], vendor)
export const isCode = (text: string): text is Code => Object.hasOwn(byCode, text)
