/** Queries a consent management platform until it has given a final answer, and holds all events until then. */
import { attempt } from '../logger.js'
import { type CmpCommand, findCmp } from './cmp-client.js'
import { type PlatformAnswer, setConsent } from './set-consent.js'

const isAnswered: Record<string, boolean> = {}

/**
 * @param read returns undefined while the response is not final
 * @param timeoutMs the answer becomes `none` after this time, or when the page ends. Only for platforms whose signals
 *   limit the use of data but do not stop events
 */
export const queryCmp = (
  name: string,
  command: CmpCommand,
  // biome-ignore lint/suspicious/noExplicitAny: the response has any shape; if reading it throws, it is no answer.
  read: (response: any) => PlatformAnswer | undefined,
  timeoutMs?: number,
) => {
  const handleAnswer = (answer: PlatformAnswer | undefined) => {
    if (!answer) return
    isAnswered[name] = true
    setConsent(name, answer)
  }
  const call = !isAnswered[name] && findCmp(name, command)
  if (!call) return
  setConsent(name, 'hold')
  if (timeoutMs) {
    const giveUp = () => handleAnswer('none')
    setTimeout(giveUp, timeoutMs)
    // The capture phase runs before the listener that sends the last events.
    addEventListener('pagehide', giveUp, true)
  }
  call((response, isSuccess) => attempt(() => isSuccess && handleAnswer(read(response))))
}
