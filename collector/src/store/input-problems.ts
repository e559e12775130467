/**
 * The port for what was refused, left out or changed on arrival: counts by the hour, without values. Two drivers
 * implement it; one conformance suite runs over both (input-problems.test.ts).
 */

/** A refused request, or a warning about an accepted event. */
export interface InputProblem {
  /** Domain; empty where the request named no known site. */
  site: string
  route: InputRoute
  /** Status of the answer; 202 for a warning. */
  status: number
  /** Such as `invalid_value`. */
  rule: string
  /** Place in the event, without list indexes, such as `properties.contents[].price`; empty for the whole. */
  path: string
}

export type InputRoute = '/e' | '/v1/events'

/** Equal problems of one hour. */
export interface CountedProblem extends InputProblem {
  /** Unix hour. */
  hour: number
  count: number
  /** When the newest of them arrived, Unix milliseconds. */
  lastAt: number
}

export interface InputProblems {
  /** Adds to the counts, and removes those of hours before `removeBefore`, a Unix hour. */
  addInputProblems(problems: readonly CountedProblem[], removeBefore: number): Promise<void>
  /**
   * Equal problems since an hour, summed up, the newest first; at most 200.
   * @param query `site` is a domain, or empty for requests of no known site; absent for all
   */
  inputProblems(query: { site?: string; from: number }): Promise<CountedProblem[]>
}
