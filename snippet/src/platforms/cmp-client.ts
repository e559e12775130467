/**
 * Calls a consent management platform (CMP) through IAB's interfaces: a function of this window, or messages to the
 * parent window that has the CMP's locator frame.
 */
import { attempt } from '../logger.js'

type Callback = (response: unknown, isSuccess: unknown) => void

/** Access to a window of another origin throws, unless it has a frame of that name. */
const findParent = (locator: string): Window | undefined => {
  for (let frame: Window = window; frame !== frame.parent; ) {
    frame = frame.parent
    if (attempt(() => frame.frames[locator as never])) return frame
  }
}

/** The version is the second argument in all interfaces except GPP, which has none there. */
export type CmpCommand = [command: string, version?: number]

/** Returns a function that sends the command, if the CMP exists. The callback may run at once, later, often or never. */
export const findCmp = (name: string, request: CmpCommand): ((callback: Callback) => void) | undefined => {
  const api = window[name as never] as unknown
  if (typeof api === 'function') return (callback) => api(...request, callback)
  const [command, version] = request
  const parent = findParent(`${name}Locator`)
  return (
    parent &&
    ((callback) => {
      const callId = `${Math.random()}`
      addEventListener('message', ({ source, data }) =>
        attempt(() => {
          if (parent !== source) return
          const message = (attempt(() => JSON.parse(data)) ?? data)[`${name}Return`]
          if (message?.callId === callId) callback(message.returnValue, message.success)
        }),
      )
      parent.postMessage({ [`${name}Call`]: { command, version, callId } }, '*')
    })
  )
}
