/** Validates ids of clicks and browsers, and chooses among them. They are stored unchanged or not at all. */
import type { ClickId, ClickIdTable, ClickIdValues } from '../click-ids.js'
import { cleanToken } from './clean-text.js'
import { isNobody } from './placeholder.js'

/**
 * The id, or nothing if it has another form than ids of this row, or is a placeholder. The value of our cookie,
 * `<id>~<capture time>`, counts as its id.
 * White space around an id and characters that nobody sees do not belong to it.
 */
export function validId({ pattern }: ClickId, value: string | undefined): string | undefined {
  if (value === undefined) return undefined
  let id = withoutTime(value)
  if (!pattern.test(id)) id = cleanToken(withoutTime(cleanToken(value)))
  return pattern.test(id) && !isNobody(id) ? id : undefined
}

const withoutTime = (value: string) => (value.includes('~') ? value.replace(/~\d*$/, '') : value)

/** The click id in a query or an address, or nothing. An invalid one does not hide a valid one behind it. */
export function clickIdIn(row: ClickId, url: string | undefined): string | undefined {
  if (!row.parameter || !url?.includes(`${row.parameter}=`)) return undefined
  const query = new URLSearchParams(url.replace(/^[^?#]*[?#]/, '').replaceAll(/[?#]/g, '&'))
  for (const value of query.getAll(row.parameter)) {
    const id = validId(row, value)
    if (id !== undefined) return id
  }
  return undefined
}

/** For each row the first valid id of several sources. */
export function firstValid(
  table: ClickIdTable,
  ...sources: readonly (ClickIdValues | undefined)[]
): ClickIdValues {
  const ids: ClickIdValues = {}
  for (const row of table) {
    for (const source of sources) {
      const id = validId(row, source?.[row.key])
      if (id === undefined) continue
      ids[row.key] = id
      break
    }
  }
  return ids
}
