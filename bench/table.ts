// Summarises measurements and prints them as tables.

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle]
  if (upper === undefined) throw new Error('There is no median of an empty list.')
  return sorted.length % 2 ? upper : ((sorted[middle - 1] as number) + upper) / 2
}

/** Column widths follow the content; the first column is left-aligned, numbers are right-aligned. */
export function printTable(head: string[], rows: string[][]): void {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)))
  const line = (cells: string[]) =>
    cells.map((cell, i) => (i ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0))).join('  ')
  console.log(line(head))
  console.log(widths.map((width) => '─'.repeat(width)).join('  '))
  for (const row of rows) console.log(line(row))
}

export const whole = (value: number) => Math.round(value).toLocaleString('en-US')
export const ratio = (value: number) => value.toFixed(2)
export const ms = (value: number) => value.toFixed(1)

/** Prints whether a goal of the design is met. It never fails the run, because machines differ. */
export const goal = (title: string, value: number, isMet: boolean, target: string) =>
  console.log(`${isMet ? 'PASS' : 'MISS'}  ${title}: ${value.toFixed(2)} (goal ${target})`)
