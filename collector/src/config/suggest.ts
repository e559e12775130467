/** Suggests the known word that a mistyped word may stand for. */

/** Words with more differences are unrelated. */
const maxDistance = 3

export function suggest(word: string, known: readonly string[]): string | undefined {
  const candidates = known.map((name) => ({ name, distance: editDistance(name, word) }))
  const [nearest] = candidates.sort((a, b) => a.distance - b.distance)
  return nearest && nearest.distance <= maxDistance ? nearest.name : undefined
}

/** Levenshtein distance: letters to insert, delete or replace. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next[j] = Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1)
    }
    row = next
  }
  return row[b.length] ?? 0
}
