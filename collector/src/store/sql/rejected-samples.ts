/** Lists the samples of rejected events. The same in both drivers. */
import type { RejectedSample } from '../reports.js'
import type { QuerySteps } from './query-steps.js'

/** Samples that are stored for each reason. */
export const maxRejectedSamples = 20
/** More than all reasons have together. */
const maxListed = 200

export function* listRejectedSamples(): QuerySteps<RejectedSample[]> {
  return (yield {
    sql: `select at, reason, site, event from rejected_samples order by id desc limit ${maxListed}`,
    values: [],
  }) as unknown as RejectedSample[]
}
