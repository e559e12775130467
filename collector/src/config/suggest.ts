/** Which of the known words somebody may have meant. */

/** Further away it is another word. */
const mostChanges = 3

export function suggest(word: string, known: readonly string[]): string | undefined {
  const near = known.map((name) => ({ name, distance: distance(name, word) }))
  const [first] = near.sort((a, b) => a.distance - b.distance)
  return first && first.distance <= mostChanges ? first.name : undefined
}

/** How many letters must be put in, taken out or changed to make one word of the other. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let i = 1; i <= one.length; i++) {
    const next = [i]
    for (let j = 1; j <= other.length; j++) {
      const changed = (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1)
      next[j] = Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1)
    }
    row = next
  }
  return row[other.length] ?? 0
}
