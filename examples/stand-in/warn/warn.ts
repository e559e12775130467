/** Knows every warning for a request that TikTok takes, event by event. */
import { type JsonObject, listOf } from '../json.js'
import type { Finding, RuleId } from '../rules.js'
import { warnGoods } from './goods.js'
import { warnNames } from './name.js'
import { warnPerson } from './person.js'
import { warnPlace } from './place.js'
import { warnSchema } from './schema.js'

const isAtOrIn = (place: string, outer: string): boolean =>
  place === outer || place.startsWith(`${outer}.`) || place.startsWith(`${outer}[`)

/** One list for each event of `data`; what concerns the root stands with the first event. */
export const warn = (root: JsonObject, knownFaults: ReadonlyMap<string, RuleId>): Finding[][] => {
  const found = listOf(root.data).map((event, i) => {
    const path = `data[${i}]`
    return [
      ...warnNames(event, path),
      ...warnPerson(event, path, knownFaults),
      ...warnPlace(event, path),
      ...warnGoods(event, path),
    ]
  })
  for (const general of warnSchema(root)) {
    const list = found[Number(/^data\[(\d+)\]/.exec(general.where)?.[1] ?? 0)]
    // A rule of its own, or one further inside, says it better than the schema does.
    if (list && !list.some(({ where }) => isAtOrIn(where, general.where))) list.push(general)
  }
  return found
}
