/**
 * The registry of diagnoses: dashboard, command line and the troubleshooting page take their words from here, so that
 * they cannot disagree.
 */

import { events, operation, queue } from './entries-flow.js'
import { install } from './entries-install.js'
import { connection, identity, privacy } from './entries-site.js'
import type { Entry, Group } from './entry.js'

const byGroup = {
  Install: install,
  Privacy: privacy,
  Identity: identity,
  Connection: connection,
  Events: events,
  Queue: queue,
  Operation: operation,
} satisfies Record<Group, Record<string, Entry>>

type CodesOf<Entries> = Entries extends Record<infer Code, Entry> ? Code : never
/** A closed set: a check cannot raise what has no words. */
export type Code = CodesOf<(typeof byGroup)[Group]>

export interface Diagnosis extends Entry {
  code: Code
  group: Group
}

/** All of them, by group. */
export const registry: readonly Diagnosis[] = Object.entries(byGroup).flatMap(([group, entries]) =>
  Object.entries(entries).map(([code, entry]) => ({ code: code as Code, group: group as Group, ...entry })),
)

const byCode = new Map(registry.map((diagnosis) => [diagnosis.code, diagnosis]))

/** The words of a code; nothing for a text that is none. */
export const diagnosisOf = (code: Code): Diagnosis => byCode.get(code) as Diagnosis
export const isCode = (text: string): text is Code => byCode.has(text as Code)
