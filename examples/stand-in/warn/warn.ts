/** Collects all warnings about a request that TikTok would take. */
import { arrayOrEmpty, type JsonObject } from '../json.js'
import { createFinding, type Finding, type RuleId } from '../rules.js'
import { warnEvent } from './event.js'
import { warnLocation } from './location.js'
import { warnProperties } from './properties.js'
import { warnSchema } from './schema.js'
import { warnUser } from './user.js'

const isAtOrBelow = (path: string, outer: string): boolean =>
  path === outer || path.startsWith(`${outer}.`) || path.startsWith(`${outer}[`)

/** As much as careful senders send at once. TikTok's limit is unknown. */
const MAX_BYTES = 1_048_576

/**
 * One list for each event of `data`. Warnings about the root are in the first list.
 * @param bytes size of the body
 */
export const warn = (
  root: JsonObject,
  knownBadHashes: ReadonlyMap<string, RuleId>,
  bytes = 0,
): Finding[][] => {
  const lists = arrayOrEmpty(root.data).map((event, i) => {
    const path = `data[${i}]`
    return [
      ...warnEvent(event, path),
      ...warnUser(event, path, knownBadHashes),
      ...warnLocation(event, path),
      ...warnProperties(event, path),
    ]
  })
  // A single event cannot be split.
  if (bytes > MAX_BYTES && lists.length > 1) lists[0]?.push(createFinding('TT-W32', 'body', bytes))
  for (const finding of warnSchema(root)) {
    const list = lists[Number(/^data\[(\d+)\]/.exec(finding.where)?.[1] ?? 0)]
    // A specific rule on the same path, or on a path below it, explains more than the schema.
    if (list && !list.some(({ where }) => isAtOrBelow(where, finding.where))) list.push(finding)
  }
  return lists
}
