// A row of the fault table: a number, a name, and the checks of its scenario.
import type { Check } from '../chaos/check.js'
import type { StoreKind } from '../chaos/data.js'

export interface Context {
  store: StoreKind
  /** The small sizes of the tests: fewer rounds, shorter faults, the same checks. */
  quick: boolean
}

export interface Row {
  row: number
  name: string
  run(context: Context): Promise<Check[]>
}

/** The machine cannot run a row. The row fails with this message, which says what to install. */
export class MissingPrerequisite extends Error {}
