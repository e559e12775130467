/** Asks a platform until it has answered, and holds everything until then. Never knows what an answer means. */
import { ask } from './ask.js'
import { type Said, say } from './say.js'

const heard: Record<string, boolean> = {}

/**
 * @param read gives nothing as long as the answer is not final
 * @param patienceMs after so long, or when the page ends, it goes without: for signals that only limit what is sent
 */
export const consult = (
  name: string,
  command: string,
  version: number | undefined,
  // biome-ignore lint/suspicious/noExplicitAny: whatever the platform says; what throws is no answer.
  read: (answer: any) => Said | undefined,
  patienceMs?: number,
) => {
  if (heard[name]) return
  const settle = (said: Said | undefined) => {
    if (!said) return
    heard[name] = true
    say(name, said)
  }
  if (!ask(name, command, version, (answer) => settle(read(answer))) || heard[name]) return
  say(name, 'hold')
  if (!patienceMs) return
  const goWithout = () => settle('none')
  setTimeout(goWithout, patienceMs)
  // Captured, so that it comes before what leaves with the page.
  addEventListener('pagehide', goWithout, true)
}
