/**
 * Describes a report as steps: a generator yields statements and receives their rows. A driver runs them, synchronously
 * or asynchronously.
 */

/** SQL with the parameters `$1`, `$2`, … and their values. */
export interface Statement {
  sql: string
  values: (string | number)[]
}

export type Row = Record<string, string | number | null>
export type QuerySteps<Result> = Generator<Statement, Result, Row[]>

/** Adds a value to a statement and returns its parameter, such as `$3`. */
export type AddParameter = (value: string | number) => string

export const parametersOf =
  (values: Statement['values']): AddParameter =>
  (value) =>
    `$${values.push(value)}`
