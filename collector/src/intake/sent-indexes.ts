/** Finds the sent indexes of entries of lists that have lost entries before them. */

/** For each list, by its path as it was sent, the sent indexes of the entries that remain. */
export type SentIndexes = Map<string, readonly number[]>

/**
 * Removes the entries that are null or undefined.
 * @param path of the list, with the indexes as they were sent
 */
export function removeAbsent(list: unknown[], path: string, indexes: SentIndexes): void {
  const before = indexes.get(path)
  const kept: number[] = []
  let length = 0
  for (let at = 0; at < list.length; at++) {
    const entry = list[at]
    if (entry === null || entry === undefined) continue
    list[length++] = entry
    kept.push(before?.[at] ?? at)
  }
  list.length = length
  indexes.set(path, kept)
}

/** A path with the indexes as they were sent. */
export function asSent(path: string, indexes: SentIndexes): string {
  if (indexes.size === 0 || !path.includes('[')) return path
  let sent = ''
  for (const part of path.split(/(\[\d+\])/)) {
    const index = /^\[\d+\]$/.test(part) ? Number(part.slice(1, -1)) : undefined
    const sentIndex = index === undefined ? undefined : indexes.get(sent)?.[index]
    sent += sentIndex === undefined ? part : `[${sentIndex}]`
  }
  return sent
}
