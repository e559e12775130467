/** How a report asks a database step by step, without knowing which one. */

/** With places `$1`, `$2`, … and SQLite's names of functions; the driver runs it and gives back the rows. */
export interface Statement {
  sql: string
  values: (string | number)[]
}
export type Row = Record<string, string | number | null>
/** Yields statements and takes their rows: the drivers differ in how they run one, not in what they ask. */
export type QuerySteps<Result> = Generator<Statement, Result, Row[]>
