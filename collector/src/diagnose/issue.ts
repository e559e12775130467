/** What a check finds, and the words that checks share. */
import type { SiteFacts } from './facts.js'
import type { Code } from './registry.js'

export interface Issue {
  code: Code
  /** Absent where it is of no one domain. */
  site?: string
  /** What was seen in this case, such as a name, a number or the vendor's words. */
  detail?: string
  /** Names of the events that it is about, as they are counted; absent where it is about no event in particular. */
  events?: readonly string[]
  /** Unix milliseconds, where the facts tell it. */
  since?: number
}

export type Found = Pick<Issue, 'detail' | 'events' | 'since'>

/** Pure: finds something, or does not. */
export type Check<Facts> = (facts: Facts) => Found | undefined
export type Checks<Facts = SiteFacts> = Readonly<Partial<Record<Code, Check<Facts>>>>

/** `1 event`, `3 events`. */
export const some = (number: number, one: string) => `${number} ${number === 1 ? one : `${one}s`}`

export const percent = (part: number, whole: number) => `${Math.round((100 * part) / whole)} %`
