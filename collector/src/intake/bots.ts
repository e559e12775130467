/** Recognises the user agents of known crawlers. Headless browsers are not bots: test automation uses them. */
import { createIsbotFromList, list } from 'isbot'
import { LRUCache } from 'lru-cache'

/** isbot lists these as bots, but they are test browsers and developers' tools. Its patterns for them are left out. */
const acceptedAgents = [
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
    return !acceptedAgents.some((agent) => expression.test(agent))
  }),
)

const knownAgents = new LRUCache<string, boolean>({ max: 5_000, memoMethod: (agent) => isListed(agent) })

/** Whether the user agent is a known crawler. An absent user agent is not. */
export function isBot(userAgent: string | undefined): boolean {
  return userAgent !== undefined && userAgent !== '' && knownAgents.memo(userAgent)
}
