/** Limits the bytes that all connections together have in memory. First come, first served. */

export interface Budget {
  /** Resolves when the bytes are free. A request for more than the total waits for the whole total. */
  reserve(bytes: number): Promise<Reservation>
}

export interface Reservation {
  /** Gives back what is not needed. */
  shrinkTo(bytes: number): void
  release(): void
}

export function createBudget(totalBytes: number): Budget {
  let free = totalBytes
  const waiting: { bytes: number; start: () => void }[] = []

  const give = (bytes: number) => {
    free += bytes
    for (let [first] = waiting; first && first.bytes <= free; [first] = waiting) {
      waiting.shift()
      free -= first.bytes
      first.start()
    }
  }
  const reservationOf = (reserved: number): Reservation => {
    let held = reserved
    const shrinkTo = (bytes: number) => {
      const unneeded = Math.max(0, held - bytes)
      held -= unneeded
      give(unneeded)
    }
    return { shrinkTo, release: () => shrinkTo(0) }
  }
  return {
    reserve(wanted) {
      const bytes = Math.min(wanted, totalBytes)
      return new Promise((resolve) => {
        waiting.push({ bytes, start: () => resolve(reservationOf(bytes)) })
        give(0)
      })
    },
  }
}
