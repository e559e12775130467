/** Asks a platform until it has answered, and holds everything until then. Never knows what an answer means. */
import { attempt } from '../logger.js'
import { findPlatform, type Question } from './cmp-client.js'
import { type Said, say } from './set-consent.js'

const heard: Record<string, boolean> = {}

/**
 * @param read gives nothing as long as the answer is not final
 * @param patienceMs after so long, or when the page ends, it goes without: for signals that only limit what is sent
 */
export const consult = (
  name: string,
  question: Question,
  // biome-ignore lint/suspicious/noExplicitAny: whatever the platform says; what throws is no answer.
  read: (answer: any) => Said | undefined,
  patienceMs?: number,
) => {
  const settle = (said: Said | undefined) => {
    if (!said) return
    heard[name] = true
    say(name, said)
  }
  const call = !heard[name] && findPlatform(name, question)
  if (!call) return
  say(name, 'hold')
  if (patienceMs) {
    const goWithout = () => settle('none')
    setTimeout(goWithout, patienceMs)
    // Captured, so that it comes before what leaves with the page.
    addEventListener('pagehide', goWithout, true)
  }
  call((answer, isSuccess) => attempt(() => isSuccess && settle(read(answer))))
}
