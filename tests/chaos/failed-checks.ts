// Knows how a proof's checks become a test: the lines that failed, none of them expected.
import { type Check, formatCheck, type Skipped } from './check.js'

export function failedChecks(result: Check[] | Skipped): string[] {
  if ('skipped' in result) {
    console.log(`skipped: ${result.skipped}`)
    return []
  }
  return result.filter(({ ok }) => !ok).map(formatCheck)
}
