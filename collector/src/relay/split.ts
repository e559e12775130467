/** Splits a batch that the vendor refused because of at least one of its events. Pure. */

/**
 * Each invalid event becomes a batch of its own, and the others stay together.
 * Without a valid index the batch is cut in half.
 * @param batch at least two entries
 * @param invalidIndexes positions that the vendor reported; unusable ones are ignored
 * @returns smaller batches, none empty, that hold each entry once
 */
export function splitBatch<Entry>(batch: readonly Entry[], invalidIndexes: readonly number[]): Entry[][] {
  const invalid = new Set(invalidIndexes.filter((index) => index in batch))
  if (invalid.size === 0) {
    const half = Math.ceil(batch.length / 2)
    return [batch.slice(0, half), batch.slice(half)]
  }
  const others = batch.filter((_, index) => !invalid.has(index))
  const alone = [...invalid].map((index) => batch.slice(index, index + 1))
  return others.length > 0 ? [...alone, others] : alone
}
