/** Hostile texts in every field that anybody can post and every form of the dashboard: none of them runs, asks or breaks anything. */
import { readFileSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pages } from '../../collector/src/dashboard/pages/index.js'
import { call } from '../contract/http.js'
import { connect, type Desk, pixelCode, post, startDesk } from '../dashboard/support.js'
import { launchChromium } from '../support/chromium.js'
import { enter, open, type Visit } from './desk.js'

const stringsOf = (file: string): string[] =>
  JSON.parse(readFileSync(new URL(`../data/${file}`, import.meta.url), 'utf8'))
const scripts = stringsOf('script-strings.json')
const naughty = stringsOf('naughty-strings.json')
/** The newest are seen first. */
const all = [...new Set([...naughty, ...scripts])]

type Fields = Record<string, unknown>

/** An event that is this text wherever a text may be. */
const hostile = (text: string, at: number): Fields => ({
  event: text,
  event_id: `${text} ${at}`,
  user: {
    ...Object.fromEntries(
      [
        'email',
        'phone',
        'external_id',
        'first_name',
        'last_name',
        'city',
        'state',
        'country',
        'zip_code',
      ].map((key) => [key, text]),
    ),
    ttclid: text,
    ttp: text,
    locale: text,
  },
  page:
    at % 2
      ? { url: text, referrer: text }
      : { url: `https://shop.example/${text}`, referrer: `https://x.example/?${text}` },
  properties: {
    ...Object.fromEntries(
      [
        'currency',
        'content_type',
        'description',
        'search_string',
        'order_id',
        'shop_id',
        'customer_type',
      ].map((key) => [key, text]),
    ),
    value: text,
    num_items: text,
    content_ids: [text],
    contents: [
      {
        content_id: text,
        content_name: text,
        content_category: text,
        brand: text,
        price: text,
        quantity: text,
      },
    ],
    [text]: text,
    custom: { [text]: [text] },
  },
  privacy: { usp: text, gpp: text, consent: text },
})

/** Takes out what stands at `events[3].user.email`; a name or id that is refused gets another. */
function amend(events: Fields[], path: string): void {
  const keys = [...path.matchAll(/\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|([^.[\]]+)/g)].map(
    ([, index, quoted, key]) => index ?? quoted ?? key ?? '',
  )
  const event = events[Number(keys[1])]
  if (keys[0] !== 'events' || !event) throw new Error(`Nothing stands at ${path}.`)
  const [, , field = '', key = ''] = keys
  if (field === 'event') event.event = 'Purchase'
  else if (key === '' || typeof event[field] !== 'object') delete event[field]
  else if (Object.hasOwn(event[field] as Fields, key)) delete (event[field] as Fields)[key]
  else delete event[field]
}

/** Posts them, each without the fields that the collector refuses. @returns how often each field stayed */
async function postAll(origin: string, texts: readonly string[]): Promise<Map<string, number>> {
  const kept = new Map<string, number>()
  for (let from = 0; from < texts.length; from += 20) {
    const events = texts.slice(from, from + 20).map((text, at) => hostile(text, from + at))
    for (let tries = 0; ; tries++) {
      const headers = { 'content-type': 'text/plain', origin: 'https://shop.example' }
      const body = JSON.stringify({ site: 'shop.example', events })
      const { status, json, text } = await call(origin, { method: 'POST', path: '/e', headers, body })
      if (status === 202) break
      if (status !== 400 || tries > 60) throw new Error(`${status} after ${tries} tries: ${text}`)
      const { problems } = json as { problems: { path: string }[] }
      for (const path of new Set(problems.map(({ path }) => path))) amend(events, path)
    }
    for (const event of events)
      for (const group of ['event', 'event_id', 'user', 'page', 'properties', 'privacy'])
        for (const key of typeof event[group] === 'object' ? Object.keys(event[group] as Fields) : [''])
          if (event[group] !== undefined && !texts.includes(key))
            kept.set(`${group}.${key}`, (kept.get(`${group}.${key}`) ?? 0) + 1)
  }
  return kept
}

describe('hostile texts', () => {
  let browser: Browser
  let desk: Desk
  let visit: Visit
  let csrf = ''
  /** Sends a form; the browser's own checks are not asked. */
  const send = (path: string, fields: Record<string, string>) =>
    post(desk.origin, path, { csrf, ...fields }, { cookie: desk.cookie })

  beforeAll(async () => {
    browser = await launchChromium()
    desk = await startDesk({ TAGFERRY_RATE_LIMIT: '100000' })
    await connect(desk)
    csrf = /name="csrf" value="([^"]+)"/.exec((await desk.get('/admin/domains')).text)?.[1] ?? ''
    visit = await open(browser, desk.origin)
    await enter(visit)
  })
  afterAll(async () => {
    await visit?.context.close()
    await browser?.close()
    await desk?.end()
  })

  /** Opens them in three windows at once, and tells of all that happened. */
  async function noiseOf(paths: readonly string[]): Promise<string[]> {
    const queue = [...paths]
    const windows = [visit.page, await visit.context.newPage(), await visit.context.newPage()]
    await Promise.all(
      windows.map(async (page) => {
        for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
          await page.goto(path)
          await page.locator('h1').waitFor()
        }
      }),
    )
    for (const page of windows.slice(1)) await page.close()
    return visit.noise.splice(0)
  }

  it(`${all.length} of them in every field of an event stay texts on every page`, async () => {
    const kept = await postAll(desk.collector.origin, all)
    for (const field of [
      'event.',
      'event_id.',
      'user.ttclid',
      'page.url',
      'properties.currency',
      'properties.custom',
    ])
      expect(kept.get(field) ?? 0, field).toBeGreaterThan(all.length / 4)
    const ids: string[] = []
    const lists: string[] = []
    for (let path: string | undefined = '/admin/events'; path; ) {
      lists.push(path)
      const { text } = await desk.get(path)
      ids.push(...[...text.matchAll(/data-event="(\d+)"/g)].map(([, id]) => id ?? ''))
      path = /<a href="([^"]+)" rel="next"/.exec(text)?.[1]?.replaceAll('&amp;', '&')
    }
    expect(ids.length).toBeGreaterThan(all.length * 0.9)
    const bare = pages.map(({ path }) => `/admin${path.replace('/:id', `/${ids[0]}`)}`)
    // Of the rest every fifth: each is made by the same few lines.
    const details = ids
      .filter((_, at) => at < scripts.length || at % 5 === 0)
      .map((id) => `/admin/events/${id}`)
    expect(await noiseOf([...bare, '/admin?range=7d', ...lists, ...details])).toEqual([])
    console.log(
      `${all.length} texts, ${ids.length} events, ${bare.length + lists.length + details.length} pages opened`,
    )
  })

  it('are shown as they came', async () => {
    await visit.page.goto(`/admin/events?q=${encodeURIComponent('event:<svg/onload=alert(1)>')}`)
    await visit.page.getByRole('link', { name: '<svg/onload=alert(1)>', exact: true }).waitFor()
  })

  it('in an answer of the shop’s own page to the handshake stay texts', async () => {
    await desk.done('/admin/install', 'verify')
    const nonce = /tagferry_verify=([\w-]+)/.exec((await desk.get('/admin/install')).text)?.[1]
    const report = Object.fromEntries(
      scripts
        .slice(0, 60)
        .map((text, at) => [`f_${String.fromCharCode(97 + (at % 26))}${'x'.repeat(at / 26)}`, text]),
    )
    await call(desk.collector.origin, {
      method: 'POST',
      path: '/verify',
      headers: { 'content-type': 'text/plain' },
      body: { site: 'shop.example', nonce, report },
    })
    expect((await desk.get('/admin/install')).text).toContain('&lt;script>alert(1)&lt;/script>')
    expect(await noiseOf(['/admin/install'])).toEqual([])
  })

  it('in every form are refused or kept as texts', async () => {
    const forms: [path: string, fields: (text: string) => Record<string, string>][] = [
      ['/admin/domains', (domain) => ({ action: 'add', domain })],
      ['/admin/domains', (domain) => ({ action: 'pause', domain })],
      ['/admin/domains', (text) => ({ action: 'delete', domain: 'shop.example', confirm: text })],
      [
        '/admin/connections',
        (text) => ({ action: 'save', vendor: 'tiktok', pixelCode: text, testEventCode: text }),
      ],
      ['/admin/connections', (vendor) => ({ action: 'save', vendor, accessToken: vendor, pixelCode })],
      ['/admin/configuration', (vendor) => ({ action: 'save', vendor })],
      ['/admin/configuration/events', (text) => ({ action: 'save', aliases: text, country: text })],
      ['/admin/configuration/keys', (id) => ({ action: 'revoke', id })],
      ['/admin/test-events', (json) => ({ action: 'send', json })],
      ['/admin/events', (text) => ({ action: 'replay', hours: text, event: text })],
      ['/admin/events/1', (text) => ({ action: text })],
      ['/admin/diagnostics', (code) => ({ action: 'dismiss', code })],
      ['/admin/account', (text) => ({ action: 'change', old: text, next: text, again: text })],
    ]
    const broken: string[] = []
    for (const text of all)
      for (const [path, fields] of forms) {
        // The long list in one form after the other, the scripts in each.
        if (!scripts.includes(text) && forms[all.indexOf(text) % forms.length]?.[1] !== fields) continue
        const answer = await send(path, fields(text))
        const raw = /<[a-z]/i.test(text) && answer.text.includes(text)
        if (answer.status >= 500 || raw)
          broken.push(`${path} ${JSON.stringify(fields(text))}: ${answer.status}`)
      }
    expect(broken).toEqual([])
    for (const name of scripts.slice(0, 90))
      expect((await send('/admin/configuration/keys', { action: 'create', name })).status).toBeLessThan(500)
    expect(await noiseOf(['/admin/configuration/keys', '/admin/diagnostics', '/admin/domains'])).toEqual([])
  })

  it('in a form that the browser shows again stay texts', async () => {
    const { page } = visit
    const forms: [path: string, field: string, button: string][] = [
      ['/admin/domains', 'domain', 'Add'],
      ['/admin/connections', 'pixelCode', 'Save'],
      ['/admin/configuration/events', 'aliases', 'Save'],
      ['/admin/test-events', 'json', 'Send'],
    ]
    for (const [at, text] of scripts.entries()) {
      const [path, field, button] = forms[at % forms.length] ?? ['', '', '']
      await page.goto(path)
      await page.locator(`[name=${field}]:not([type=hidden])`).fill(text)
      await page.getByRole('button', { name: button, exact: true }).click()
      await page.locator('h1').waitFor()
    }
    expect(visit.noise.splice(0)).toEqual([])
  })

  it('in an address stay texts', async () => {
    const queries = [
      'events?q=',
      'events?q=event:',
      'events?before=',
      'events?site=',
      '?range=',
      'install?tab=',
      'test-events?event=',
      'diagnostics?before=',
      'setup?token=',
      'events/',
    ]
    const paths = scripts.map(
      (text, at) => `/admin/${queries[at % queries.length]}${encodeURIComponent(text)}`,
    )
    const odd = naughty.filter((_, at) => at % 8 === 0)
    paths.push(...odd.map((text, at) => `/admin/${queries[at % queries.length]}${encodeURIComponent(text)}`))
    expect(await noiseOf(paths)).toEqual([])
  })
})
