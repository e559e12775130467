/** Collects all warnings about a request that TikTok would take. */
import { arrayOrEmpty, type JsonObject } from '../json.js'
import type { Finding, RuleId } from '../rules.js'
import { warnEvent } from './event.js'
import { warnLocation } from './location.js'
import { warnProperties } from './properties.js'
import { warnSchema } from './schema.js'
import { warnUser } from './user.js'

const isAtOrBelow = (path: string, outer: string): boolean =>
  path === outer || path.startsWith(`${outer}.`) || path.startsWith(`${outer}[`)

/** One list for each event of `data`. Warnings about the root are in the first list. */
export const warn = (root: JsonObject, knownBadHashes: ReadonlyMap<string, RuleId>): Finding[][] => {
  const lists = arrayOrEmpty(root.data).map((event, i) => {
    const path = `data[${i}]`
    return [
      ...warnEvent(event, path),
      ...warnUser(event, path, knownBadHashes),
      ...warnLocation(event, path),
      ...warnProperties(event, path),
    ]
  })
  for (const finding of warnSchema(root)) {
    const list = lists[Number(/^data\[(\d+)\]/.exec(finding.where)?.[1] ?? 0)]
    // A specific rule on the same path, or on a path below it, explains more than the schema.
    if (list && !list.some(({ where }) => isAtOrBelow(where, finding.where))) list.push(finding)
  }
  return lists
}
