import { describe, expect, it } from 'vitest'
import { clickIds } from '../click-ids.js'
import type { RequestContext, Site } from '../event.js'
import { createSites } from '../sites/hosts.js'
import type { Entry } from '../store/store.js'
import { subjectKeys } from '../store/subject-keys.js'
import { dayMs } from '../time.js'
import { browserContext, serverContext } from './context.js'
import { readCookies } from './cookies.js'
import { createIntake } from './pipeline.js'
import { createValidator } from './validate.js'
import type { Warning } from './warning.js'

const now = Date.UTC(2026, 10, 30, 12)
const seconds = now / 1_000

const siteOf = (domain: string, over: Partial<Site> = {}): Site => ({
  domain,
  aliases: [],
  siteKey: 'key',
  paused: false,
  keepLegacyNames: false,
  vendors: [{ name: 'tiktok', enabled: true }],
  ...over,
})

/** An intake whose store keeps the entries in a list. */
function start() {
  const entries: Entry[] = []
  const warned: [site: string, warnings: readonly Warning[], route: string][] = []
  let ids = 0
  const intake = createIntake({
    store: {
      append(added) {
        entries.push(...added)
        return Promise.resolve(added.map(() => 'stored' as const))
      },
    },
    sites: createSites([
      siteOf('shop.example', { aliases: ['alias.example'] }),
      siteOf('consent.example', { consentRequired: true }),
      siteOf('legacy.example', { keepLegacyNames: true }),
    ]),
    validateBody: createValidator(clickIds),
    locate: () => ({ located: {} }) as never,
    privacy: { scope: 'off', unknownCountry: false },
    newId: () => `new-${++ids}`,
    metrics: { received() {}, skipped() {}, decided() {} },
    findings: { warned: (site, route, warnings) => warned.push([site, warnings, route]) },
    stored() {},
  })
  return { intake, entries, warned }
}

const page = browserContext(
  { origin: 'https://shop.example' },
  { ip: undefined, fromTrustedProxy: false, receivedAt: now },
)
const server = serverContext('shop.example', now)

async function send(body: object, context: RequestContext = page, bytes = 0) {
  const { intake, entries, warned } = start()
  const value = JSON.parse(JSON.stringify({ site: 'shop.example', ...body }))
  const result = await intake({ value, hasEscapes: false, bytes }, context)
  const events = entries.flatMap((entry) => (entry.kind === 'event' ? [entry.event] : []))
  const answer = result.kind === 'stored' ? result.answer : undefined
  return { result, entries, events, warned, answer }
}

/** What becomes of one event, and the rules and paths of its warnings. */
async function sendOne(event: object, body: object = {}, context: RequestContext = page) {
  const sent = await send({ events: [{ event: 'Purchase', ...event }], ...body }, context)
  const warnings = sent.warned.flatMap(([, list]) => list.map(({ rule, path }) => `${rule} ${path}`))
  return { ...sent, event: sent.events[0], warnings }
}

describe('warnings', () => {
  it('are reported for each event and for the request, under the domain of the site', async () => {
    const events = [{ event: 'A' }, { event: 'B', x: 1, y: 1 }, { event: '' }, { event: 'C', z: 1 }]
    const { warned, answer } = await send({ site: 'alias.example', events, other: 1 })
    expect(warned.map(([site, list, route]) => [site, list.map(({ rule }) => rule), route])).toEqual([
      ['shop.example', ['unknown_key'], '/e'],
      ['shop.example', ['unknown_key', 'unknown_key'], '/e'],
      ['shop.example', ['unusable_event'], '/e'],
      ['shop.example', ['unknown_key'], '/e'],
    ])
    const fromServer = await sendOne({ page: { url: 'about:blank' } }, {}, server)
    expect(fromServer.warned.map(([, , route]) => route)).toEqual(['/v1/events'])
    expect(answer?.warnings?.map(({ event, path }) => [event, path])).toEqual([
      [undefined, 'other'],
      [1, 'x'],
      [1, 'y'],
      [2, 'event'],
      [3, 'z'],
    ])
  })

  it('are absent for an event without any', async () => {
    const { warned, answer } = await sendOne({ event_time: seconds })
    expect(warned).toEqual([])
    expect(answer).toEqual({ accepted: 1, duplicates: 0, skipped: [], ids: ['new-1'] })
  })

  it('of a page of another domain or an unknown site are not reported', async () => {
    const foreign = browserContext(
      { origin: 'https://other.example' },
      { ip: undefined, fromTrustedProxy: false, receivedAt: now },
    )
    for (const { warned, answer } of [
      await sendOne({ x: 1 }, {}, foreign),
      await sendOne({ x: 1 }, { site: 'nobody.example' }),
    ]) {
      expect(warned).toEqual([])
      expect(answer?.warnings).toHaveLength(1)
    }
  })
})

describe('the site', () => {
  it.each(['www.shop.example', 'https://www.shop.example/', 'ALIAS.example.', 'a.alias.example'])(
    'of a server may be written as %s',
    async (site) => {
      expect((await sendOne({}, { site }, server)).event?.site).toBe('shop.example')
    },
  )

  it.each([
    ['legacy.example', true],
    ['evil-shop.example', false],
    ['nobody.example', false],
  ])('of a server is not %s', async (site, isKnown) => {
    expect((await sendOne({}, { site }, server)).result).toEqual({ kind: 'wrong_site', isKnown })
  })
})

describe('the time of an event', () => {
  it.each<[what: string, eventTime: unknown, sentAt: unknown, expected: number, ...warnings: string[]]>([
    ['is kept', seconds - 100, now, seconds - 100],
    ['is the time of arrival where it is absent', undefined, now - dayMs, seconds],
    ['may be a few seconds ahead', seconds + 30, undefined, seconds],
    ['is not in the future', seconds + 100, undefined, seconds, 'event_time event_time'],
    ['may be in microseconds', (seconds - 5) * 1e6, undefined, seconds - 5],
    ['may be ISO 8601', '2026-11-30T06:59:55-05:00', undefined, seconds - 5],
    [
      'is moved by the minutes that the clock is behind',
      seconds - 40 * 86_400,
      now - 40 * dayMs - 3_000,
      seconds,
      'event_time event_time',
    ],
    [
      'is moved by the minutes that the clock is ahead',
      seconds + 7_200 - 60,
      now + 7_200_000,
      seconds - 60,
      'event_time event_time',
    ],
    ['is not moved by the time on the way', seconds - 50, now - 50_000, seconds - 50],
    ['may follow a sent_at in ISO 8601', seconds - 50, new Date(now).toISOString(), seconds - 50],
  ])('%s', async (_, eventTime, sentAt, expected, ...warnings) => {
    for (const context of [page, server]) {
      const sent = await sendOne({ event_time: eventTime }, { sent_at: sentAt }, context)
      expect(sent.event?.eventTime).toBe(expected)
      expect(sent.warnings).toEqual(warnings)
    }
  })

  it.each([page, server])('may be 28 days ago and no longer', async (context) => {
    const oldest = seconds - 28 * 86_400
    expect((await sendOne({ event_time: oldest }, {}, context)).answer?.accepted).toBe(1)
    const { answer, entries } = await sendOne({ event_id: 'a', event_time: oldest - 1 }, {}, context)
    expect(answer).toEqual({
      accepted: 0,
      duplicates: 0,
      skipped: [{ event_id: 'a', reason: 'too_old' }],
      ids: [],
    })
    expect(entries).toMatchObject([{ kind: 'skipped', event: { reason: 'too_old' } }])
  })

  it('does not hide a withdrawal of consent', async () => {
    const event = { event_time: seconds - 40 * 86_400, privacy: { consent: 'denied' } }
    expect((await sendOne(event)).answer?.skipped[0]?.reason).toBe('consent')
  })
})

it('a warning about a user or a property has the index that was sent', async () => {
  const { warnings } = await sendOne({
    user: { email: [null, 'jane@example.com', 'none'] },
    properties: { notes: [null, 'a', null, 'jane@example.com'] },
  })
  expect(warnings).toEqual(['placeholder user.email[2]', 'personal_data properties.notes[3]'])
})

describe('a click id', () => {
  it.each([' E.C.P.abc\n', '\tE.C.P.abc', 'E.C.P.abc ~1795400000000', '\u200bE.C.P.abc\ufeff'])(
    'in %j is found without what surrounds it',
    async (id) => {
      const { event, warnings } = await sendOne({ user: { ttclid: id, ttp: id } })
      expect(event?.user).toEqual({ ttclid: 'E.C.P.abc', ttp: 'E.C.P.abc' })
      expect(warnings).toEqual([])
    },
  )

  it.each(['E.C. P.abc', ' undefined ', 'E.C.P%abc'])('is not found in %j', async (id) => {
    const { event, warnings } = await sendOne({ user: { ttclid: id } })
    expect(event?.user).toEqual({})
    expect(warnings).toEqual([expect.stringMatching(/^(invalid_click_id|placeholder) user\.ttclid$/)])
  })

  it.each([
    ['E.C.P.cook~1795400000000', 1_795_400_000_000],
    ['E.C.P.cook%7E1795400000000', 1_795_400_000_000],
    ['E.C.P.cook%7e1795400000000', 1_795_400_000_000],
    ['%45.C.P.cook', 0],
  ])('in the cookie %s is found', (value, capturedAt) => {
    const { clickIds: found, captured } = readCookies(`a=%; tagferry_ttclid=${value}; b=%zz`)
    expect(found).toEqual({ ttclid: 'E.C.P.cook' })
    expect(captured).toEqual({ ttclid: { clickId: 'E.C.P.cook', capturedAt } })
  })

  it('is not found in a cookie that cannot be decoded', () => {
    expect(readCookies('tagferry_ttclid=E.C.P%zz').clickIds).toEqual({})
  })
})

describe('the id of an event', () => {
  it.each(['undefined', 0, 'guest'])('is not made of the order %o, which is none', async (order) => {
    const { event, warnings } = await sendOne({ properties: { order_id: order } })
    expect(event?.eventId).toBe('new-1')
    expect(warnings).toEqual(['placeholder properties.order_id'])
  })

  it.each<[event: object, id: string]>([
    [{}, 'new-1'],
    [{ event_id: 'own', properties: { order_id: '1001' } }, 'own'],
    [{ properties: { order_id: '1001' } }, 'Purchase.1001'],
    [{ properties: { order_id: 1001 } }, 'Purchase.1001'],
    [{ event: 'CompletePayment', properties: { order_id: '1001' } }, 'Purchase.1001'],
    [{ event_id: '', properties: { order_id: ' 1001 ' } }, 'Purchase.1001'],
    [{ properties: { order_id: 'gid://shopify/Order/1001' } }, 'Purchase.1001'],
    [{ event_id: 'gid://shopify/Order/1001' }, '1001'],
    [{ event_id: 'Purchase.gid://shopify/Order/1001' }, 'Purchase.1001'],
    [{ properties: { order_id: '' } }, 'new-1'],
    [{ properties: { order_id: 'x'.repeat(600) } }, 'new-1'],
  ])('of %o is %s', async (event, id) => {
    for (const context of [page, server]) {
      const sent = await sendOne(event, {}, context)
      expect(sent.event?.eventId).toBe(id)
      expect(sent.answer?.ids).toEqual([id])
      expect(sent.warnings).toEqual([])
    }
  })

  it.each(['undefined', 'null', 'Purchase.undefined', 'order_NaN', '[object Object]'])(
    'is not %s, which all events without an id would share',
    async (id) => {
      const { answer, warnings } = await sendOne({ event_id: id })
      expect(answer?.ids).toEqual(['new-1'])
      expect(warnings).toEqual(['placeholder event_id'])
      const order = await sendOne({ event_id: id, properties: { order_id: '1001' } })
      expect(order.answer?.ids).toEqual(['Purchase.1001'])
    },
  )

  it('has the name that the site keeps', async () => {
    const event = { event: 'CompletePayment', properties: { order_id: '1001' } }
    const { answer } = await sendOne(event, { site: 'legacy.example' }, serverContext('legacy.example', now))
    expect(answer?.ids).toEqual(['CompletePayment.1001'])
  })

  it('is answered as it is stored', async () => {
    const { event, answer } = await sendOne({ event_id: 'jane@example.com' })
    expect(event?.eventId).toMatch(/^[\da-f]{64}$/)
    expect(answer?.ids).toEqual([event?.eventId])
  })

  it('and of the order lose the prefix of Shopify', async () => {
    const properties = { order_id: 'gid://shopify/Order/1001', value: 1 }
    expect((await sendOne({ properties })).event?.properties).toEqual({ order_id: '1001', value: 1 })
  })
})

describe('the page', () => {
  it.each<[url: string, expected: string | undefined, ttclid?: string]>([
    ['https://shop.example/?ttclid=E.C.P.abc', 'https://shop.example/?ttclid=E.C.P.abc', 'E.C.P.abc'],
    ['/?ttclid=E.C.P.abc', 'https://shop.example/?ttclid=E.C.P.abc', 'E.C.P.abc'],
    ['/cart?a=1', 'https://shop.example/cart?a=1'],
    ['?ttclid=E.C.P.abc', 'https://shop.example/?ttclid=E.C.P.abc', 'E.C.P.abc'],
    [' https://shop.example/?ttclid=E.C.P.abc\n', 'https://shop.example/?ttclid=E.C.P.abc', 'E.C.P.abc'],
    ['\t/?ttclid=E.C.P.abc%20', 'https://shop.example/?ttclid=E.C.P.abc%20', 'E.C.P.abc'],
    ['//www.shop.example/cart', 'https://www.shop.example/cart'],
    ['www.shop.example/?ttclid=E.C.P.abc', 'https://www.shop.example/?ttclid=E.C.P.abc', 'E.C.P.abc'],
    ['shop.example:8080/cart', 'https://shop.example:8080/cart'],
    ['shop.example', 'https://shop.example'],
    ['partner.example/cart', undefined],
    ['cart', undefined],
    ['about:blank', undefined],
    ['javascript:alert(1)', undefined],
    ['file:///home/jane/index.html', undefined],
  ])('%s becomes %s', async (url, expected, ttclid) => {
    const { event, warnings } = await sendOne({ page: { url } }, {}, server)
    expect(event?.page?.url).toBe(expected)
    expect(event?.user.ttclid).toBe(ttclid)
    expect(warnings).toEqual(expected === undefined ? ['page_url page.url'] : [])
  })

  it('has a referrer that may be a path as well', async () => {
    const { event, warnings } = await sendOne({ page: { url: '/thanks', referrer: '/cart' } })
    expect(event?.page).toEqual({ url: 'https://shop.example/thanks', referrer: 'https://shop.example/cart' })
    expect(warnings).toEqual([])
    expect((await sendOne({ page: { url: '/', referrer: 'android-app://x' } })).warnings).toEqual([
      'page_url page.referrer',
    ])
  })
})

describe('consent', () => {
  it('that is unreadable is no consent and no withdrawal', async () => {
    const context = browserContext(
      { origin: 'https://consent.example' },
      { ip: undefined, fromTrustedProxy: false, receivedAt: now },
    )
    const body = { site: 'consent.example' }
    const { entries, answer } = await sendOne({ privacy: { consent: 'maybe' } }, body, context)
    expect(answer?.skipped).toMatchObject([{ reason: 'consent' }])
    expect(entries[0]).not.toHaveProperty('withdrawn')
    expect((await sendOne({ privacy: { consent: 'maybe' } })).answer).toMatchObject({ accepted: 1 })
  })

  it('withdrawn on a landing page is withdrawn for the click that its address names', async () => {
    for (const url of ['https://shop.example/?ttclid=E.C.P.abc', '/?ttclid=E.C.P.abc']) {
      const { entries } = await sendOne({ page: { url }, privacy: { consent: 'denied' } })
      expect(entries).toMatchObject([{ kind: 'skipped', withdrawn: subjectKeys({ ttclid: 'E.C.P.abc' }) }])
    }
  })
})

describe('a privacy signal that cannot be read', () => {
  it('turns Limited Data Use on, whatever a server says beside it', async () => {
    const protectedBy = async (privacy: object) => {
      const { event } = await sendOne({ privacy }, { on_invalid: 'drop' }, server)
      return [event?.limitedDataUse, event?.privacyReason]
    }
    expect(await protectedBy({ limited_data_use: false })).toEqual([false, 'explicit'])
    expect(await protectedBy({ limited_data_use: false, gpc: 'no' })).toEqual([true, 'unreadable_signal'])
    expect(await protectedBy({ opt_out: true, gpc: 'no' })).toEqual([true, 'opt-out'])
    expect(await protectedBy({ limited_data_use: 'false' })).toEqual([true, 'unreadable_signal'])
  })
})

describe('a test code', () => {
  it('is stored with the events of a server', async () => {
    const body = { test_event_code: 'TEST1' }
    expect((await sendOne({}, body, server)).event?.testEventCode).toBe('TEST1')
    expect((await sendOne({}, body, page)).event).not.toHaveProperty('testEventCode')
  })
})

describe('an event above 64 KiB', () => {
  const texts = (count: number) => Array.from({ length: count }, () => 'x'.repeat(8_000))
  const large = texts(9)
  const events = (properties: object) => [
    { event: 'A', event_id: 'a' },
    { event: 'B', event_id: 'b', properties },
  ]
  const bytes = 80_000

  it('of a server is refused by its position', async () => {
    const { result, entries } = await send({ events: events({ note: large }) }, server, bytes)
    expect(result).toMatchObject({
      kind: 'invalid',
      problems: [{ path: 'events[1]', problem: 'larger than 64 KiB when stored' }],
    })
    expect(entries).toEqual([])
  })

  it('loses its largest properties where the server chose so', async () => {
    const properties = { value: 1, note: large, a: texts(5), b: texts(5) }
    const body = { events: events(properties), on_invalid: 'drop' }
    const sent = await send(body, server, 200_000)
    expect(sent.answer?.accepted).toBe(2)
    expect(sent.events[1]?.properties).toEqual({ value: 1, b: texts(5) })
    expect(sent.answer?.warnings).toMatchObject([
      { event: 1, path: 'properties.note' },
      { event: 1, path: 'properties.a' },
    ])
  })

  it('is left out where it stays too large', async () => {
    const email = Array.from({ length: 1_000 }, (_, at) => `${at}@example.com`)
    const tooMany = { event: 'B', event_id: 'b', user: { email, external_id: email } }
    const body = { events: [{ event: 'A', event_id: 'a' }, tooMany], on_invalid: 'drop' }
    const { answer } = await send(body, server, bytes)
    expect(answer).toMatchObject({ accepted: 1, ids: ['a'], warnings: [{ event: 1, path: '' }] })
    const alone = await send({ events: [tooMany], on_invalid: 'drop' }, server, bytes)
    expect(alone.result.kind).toBe('invalid')
  })
})
