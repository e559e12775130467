/**
 * How a page calls a platform by IAB's interfaces: in this window, else by messages to the parent that has the
 * platform's locator frame. Never knows what an answer means.
 */
import { attempt } from '../journal.js'

type Answer = Record<string, unknown>

/** Looking into a window of another origin throws, unless it has a frame of that name. */
const findFrame = (locator: string): Window | undefined => {
  let frame: Window = window
  while (frame !== frame.parent) {
    frame = frame.parent
    if (attempt(() => frame.frames[locator as never])) return frame
  }
}

/**
 * Whether there is such a platform; it may answer at once, later, again and again, or never.
 * `version` comes second in all interfaces but GPP's, which has none there.
 */
export const ask = (
  name: string,
  command: string,
  version: number | undefined,
  read: (answer: Answer) => void,
): boolean => {
  const hear = (answer: Answer, isSuccess: unknown) => attempt(() => isSuccess && read(answer))

  const api = window[name as never] as unknown
  if (typeof api === 'function') {
    attempt(() => (version ? api(command, version, hear) : api(command, hear)))
    return true
  }

  const frame = findFrame(`${name}Locator`)
  if (!frame) return false
  const callId = `tagferry${Math.random()}`
  addEventListener('message', ({ source, data }) =>
    attempt(() => {
      if (source !== frame) return
      const said = (typeof data === 'string' ? JSON.parse(data) : data)[`${name}Return`]
      if (said?.callId === callId) hear(said.returnValue, said.success)
    }),
  )
  frame.postMessage({ [`${name}Call`]: { command, version, callId } }, '*')
  return true
}
