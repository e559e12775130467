/** Waits for the delivery of everything a visit has sent, for tests that expect no further event. */
import type { Examples, Visit } from './examples.js'

let flushes = 0

/**
 * Opens one more page in the same browser context, and waits for its Pageview at the stand-in. The script sends pending
 * events first, and the collector delivers in order, so everything sent before has arrived by then.
 */
export const flush = async (system: Examples, { open }: Pick<Visit, 'open'>): Promise<void> => {
  const path = `/shipping?flush=${++flushes}`
  await system.next('Pageview', path, () => open(path))
}
