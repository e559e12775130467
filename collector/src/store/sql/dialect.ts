/** Declares the SQL that differs between the two databases in the shared queries. */
export interface Dialect {
  /** The JSON value of a text. */
  json(text: string): string
  /** A JSON array of these values. */
  jsonArray(values: readonly string[]): string
  /** An aggregate: a JSON array of the values of all rows. */
  jsonGroupArray(value: string): string
}
