// Starts a collector process that sends to a recording TikTok, with sites and API keys for tests of the HTTP contract.
import { type Collector, startCollector } from './collector.js'
import { type Answer, type Call, call } from './http.js'
import { startTikTok, type TikTok, type TikTokEvent } from './tiktok.js'

/** Fixture Pixel Codes, one for each site. They tell apart what TikTok receives. */
export const pixels = {
  'shop.example': 'CHRTV0567FRME7OQ5DI0',
  'other.example': 'D2QE402IJJSDR907MLO0',
  'legacy.example': 'CLEGACY567FRME7OQ5D0',
} as const

const tokenOf = (domain: string) => `token-of-${domain}`

/** A connected site; `over` adds or replaces keys. */
export function site(domain: keyof typeof pixels, over: object = {}): object {
  return {
    domain,
    pixelCode: pixels[domain],
    accessToken: tokenOf(domain),
    siteKey: `key-of-${domain}`,
    ...over,
  }
}

export const sites = [
  site('shop.example', { aliases: ['shop-alias.example'], country: 'US' }),
  site('other.example', { testEventCode: 'TEST12345' }),
  site('legacy.example', { keepLegacyNames: true }),
  { domain: 'off.example', pixelCode: 'COFF00567FRME7OQ5DI0', accessToken: 'token', enabled: false },
  { domain: 'bare.example' },
]

export const apiKeys = [
  { site: 'shop.example', key: 'api-key-of-shop-0001' },
  { site: 'other.example', key: 'api-key-of-other-0001' },
]

/** Body of an answer 202. */
export interface WireAnswer {
  accepted: number
  duplicates: number
  skipped: { event_id: string; reason: string }[]
  ids: string[]
  warnings?: { event?: number; path: string; warning: string }[]
  warnings_omitted?: number
}

export interface TestSystem {
  collector: Collector
  tiktok: TikTok
  /** `POST /e` as a page of shop.example; `options` replace headers and path. */
  post(body: unknown, options?: Call): Promise<Answer>
  /** `POST /v1/events` with the API key of shop.example. */
  postAsServer(body: unknown, options?: Call): Promise<Answer>
  call(options: Call): Promise<Answer>
  /** Posts one event of a page of shop.example and gives it as TikTok received it. */
  delivered(event: object, options?: Call): Promise<TikTokEvent>
  /** Throws unless the collector still accepts a valid event. */
  expectServing(): Promise<void>
  stop(): Promise<void>
}

let last = 0
/** An event id that is unique in this run. */
export const newId = () => `e${process.pid}.${++last}`

/** A request of one event: `purchase({ user })`. */
export const purchase = (over: object = {}) => ({
  site: 'shop.example',
  events: [{ event: 'Purchase', event_id: newId(), ...over }],
})

/**
 * @param env further settings of the collector
 * @param answer what TikTok answers; without it every request is accepted
 */
export async function startTestSystem(
  env: Record<string, string> = {},
  answer?: Parameters<typeof startTikTok>[0],
): Promise<TestSystem> {
  const tiktok = await startTikTok(answer)
  const collector = await startCollector({
    env: {
      TAGFERRY_TIKTOK_URL: tiktok.origin,
      TAGFERRY_SITES: JSON.stringify(sites),
      TAGFERRY_API_KEYS: JSON.stringify(apiKeys),
      TAGFERRY_RATE_LIMIT: 'off',
      ...env,
    },
  })
  const page = { 'content-type': 'text/plain', origin: 'https://shop.example' }
  const server = { 'content-type': 'application/json', authorization: `Bearer ${apiKeys[0]?.key}` }
  const post =
    (path: string, defaults: Call['headers']): TestSystem['post'] =>
    (body, { headers, ...options } = {}) =>
      call(collector.origin, { method: 'POST', path, body, headers: { ...defaults, ...headers }, ...options })
  const system: TestSystem = {
    collector,
    tiktok,
    call: (options) => call(collector.origin, options),
    post: post('/e', page),
    postAsServer: post('/v1/events', server),
    async delivered(event, options) {
      const answer = await system.post(purchase(event), options)
      const { ids } = answer.json as WireAnswer
      if (answer.status !== 202 || !ids?.[0]) throw new Error(`not accepted: ${answer.status} ${answer.text}`)
      return tiktok.event(ids[0])
    },
    async expectServing() {
      const { status, text } = await system.post(purchase())
      if (status !== 202 || !text.includes('"accepted":1'))
        throw new Error(`A valid event was answered ${status} ${text}\n${collector.log()}`)
    },
    async stop() {
      await collector.stop()
      await tiktok.close()
    },
  }
  return system
}
