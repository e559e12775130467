/** Which user agents are known crawlers. Headless browsers are automation, not bots: QA runs on them. */
import { createIsbotFromList, list } from 'isbot'
import { LRUCache } from 'lru-cache'

/** Agents that isbot takes for bots and we do not: test browsers, and plain `name/version` tools of developers. */
const notBots = [
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/147.0.0.0 Safari/537.36',
  'Mozilla/5.0',
  'curl/8.1.2',
  'node',
  'undici',
  'shop-backend/1.0',
]

const isListed = createIsbotFromList(
  list.filter((pattern) => {
    const expression = new RegExp(pattern, 'i')
    return !notBots.some((agent) => expression.test(agent))
  }),
)

const verdicts = new LRUCache<string, boolean>({ max: 5_000 })

/** Whether this is a known crawler; an absent agent is none. */
export function isBot(userAgent: string | undefined): boolean {
  if (userAgent === undefined || userAgent === '') return false
  const known = verdicts.get(userAgent)
  if (known !== undefined) return known
  const verdict = isListed(userAgent)
  verdicts.set(userAgent, verdict)
  return verdict
}
