/** Collects what must be stopped, and stops it in reverse order. */

export interface Cleanup {
  /** Registers a function that runs before all earlier ones. */
  add(close: () => Promise<unknown>): void
  /** Runs all functions once; further calls resolve with the first run. */
  run(): Promise<void>
  /** Whether `run` was called. */
  hasStarted(): boolean
}

export const createCleanup = (): Cleanup => {
  const closers: (() => Promise<unknown>)[] = []
  let running: Promise<void> | undefined
  const runAll = async () => {
    for (const close of closers.reverse()) await close()
  }
  return {
    add: (close) => void closers.push(close),
    run: () => {
      running ??= runAll()
      return running
    },
    hasStarted: () => running !== undefined,
  }
}
