/**
 * How a page calls a platform by IAB's interfaces: in this window, else by messages to the parent that has the
 * platform's locator frame. Never knows what an answer means.
 */
import { attempt } from '../logger.js'

type Hear = (answer: unknown, isSuccess: unknown) => void

/** Looking into a window of another origin throws, unless it has a frame of that name. */
const findFrame = (locator: string): Window | undefined => {
  for (let frame: Window = window; frame !== frame.parent; ) {
    frame = frame.parent
    if (attempt(() => frame.frames[locator as never])) return frame
  }
}

/** The version comes second in all interfaces but GPP's, which has none there. */
export type Question = [command: string, version?: number]

/** How to ask it, if there is such a platform; it may answer at once, later, again and again, or never. */
export const findPlatform = (name: string, question: Question): ((hear: Hear) => void) | undefined => {
  const api = window[name as never] as unknown
  if (typeof api === 'function') return (hear) => api(...question, hear)
  const [command, version] = question
  const frame = findFrame(`${name}Locator`)
  return (
    frame &&
    ((hear) => {
      const callId = `${Math.random()}`
      addEventListener('message', ({ source, data }) =>
        attempt(() => {
          if (source !== frame) return
          const said = (attempt(() => JSON.parse(data)) ?? data)[`${name}Return`]
          if (said?.callId === callId) hear(said.returnValue, said.success)
        }),
      )
      frame.postMessage({ [`${name}Call`]: { command, version, callId } }, '*')
    })
  )
}
