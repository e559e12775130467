/** Recognises the user agents of known crawlers. Headless browsers are not bots: test automation uses them. */
import { createIsbotFromList, list } from 'isbot'
import { LRUCache } from 'lru-cache'
import type { Event, Source } from '../event.js'

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

/**
 * The device in the agent of an Android browser. Its name may be M bot 60, CUBOT, Discovery or Spider 8, which says
 * nothing about crawlers: those add their names behind it, or their address. Google's add `…-Google/1.0`.
 */
const androidDevice =
  /\((?:Linux|Android);(?![^)]{0,200}Google\/)[^()@:]{0,200}(?:\([^()@:]{0,200}\)[^()@:]{0,200})?\)(?= AppleWebKit\/)/
/** Browsers of telephones that isbot takes for the crawler of the same company. */
const phoneBrowsers = /\bSogou(?:MSE|MobileBrowser|Search)\b/g
const withoutPhone = (agent: string) => agent.replace(androidDevice, '(Android)').replace(phoneBrowsers, '')

/** Anybody can send agents of several KB, and thousands of them would fill the memory. */
const maxCached = 1_000
const isCrawler = (agent: string) => isListed(withoutPhone(agent))

const knownAgents = new LRUCache<string, boolean>({
  max: 5_000,
  memoMethod: (agent) => isCrawler(agent),
})

/** Whether the user agent is a known crawler. An absent user agent is not. */
export function isBot(userAgent: string | undefined): boolean {
  if (userAgent === undefined || userAgent === '') return false
  return userAgent.length > maxCached ? isCrawler(userAgent) : knownAgents.memo(userAgent)
}

/** Events in which somebody bought something. */
const orderEvents: ReadonlySet<string> = new Set(['Purchase', 'CompletePayment', 'PlaceAnOrder'])

/** Whether an event comes from a crawler. A server's order never does: the shop knows that it was placed. */
export function isBotEvent(
  { event, properties }: Event,
  source: Source,
  userAgent: string | undefined,
): boolean {
  if (!isBot(userAgent)) return false
  return source === 'browser' || !(orderEvents.has(event) || properties?.order_id)
}
