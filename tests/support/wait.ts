// Waits for conditions, so that tests do not depend on the speed of the machine.

/** Limit of every wait. It is generous, because a wait ends as soon as its condition holds. */
export const waitLimitMs = 60_000

/** For what must take time, such as the length of a fault. To wait for something, use `waitFor`. */
export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/**
 * Polls until `find` gives something else than undefined or false, and gives that.
 * @param what names the condition in the error that is thrown after `limitMs`
 */
export async function waitFor<T>(
  what: string,
  find: () => T | undefined | false | Promise<T | undefined | false>,
  limitMs = waitLimitMs,
): Promise<T> {
  const end = Date.now() + limitMs
  for (;;) {
    const found = await find()
    if (found !== undefined && found !== false) return found
    if (Date.now() > end) throw new Error(`${what}: not within ${limitMs} ms`)
    await sleep(20)
  }
}
