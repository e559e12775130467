// Turns the checks of an experiment into an assertion of a test: the list of failed checks must be empty.
import { type Check, formatCheck, type Skipped } from './check.js'

/** Limits of time are ten times as long as in `npm run chaos`, because tests may run on a busy machine. */
export function failedChecks(result: Check[] | Skipped): string[] {
  if ('skipped' in result) {
    console.log(`skipped: ${result.skipped}`)
    return []
  }
  return result.filter(({ ok, okWhenBusy = ok }) => !okWhenBusy).map(formatCheck)
}
