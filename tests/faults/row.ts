// Knows what a row of the fault table is: a number, a name, and a proof that gives its checks.
import type { Check } from '../chaos/check.js'
import type { StoreKind } from '../chaos/data.js'

export interface Context {
  store: StoreKind
  /** Small sizes, as the tests run them: fewer rounds, shorter faults, the same checks. */
  quick: boolean
}

export interface Row {
  row: number
  name: string
  run(context: Context): Promise<Check[]>
}

/** What a machine lacks for a row: that fails it, with the sentence that says what to install. */
export class MissingPrerequisite extends Error {}
