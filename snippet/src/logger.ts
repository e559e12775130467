/** Logs to the console in debug mode, and keeps errors away from the page. */
import { settings } from './settings.js'

export const log = (...values: unknown[]) => {
  if (settings.debug) console.info('tagferry', ...values)
}

/** Returns undefined when `run` throws, and logs the error. */
export const attempt = <Result>(run: () => Result): Result | undefined => {
  try {
    return run()
  } catch (error) {
    log(error)
  }
}
