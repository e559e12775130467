// Tests limited_data_use: always a boolean, set by every opt-out, and never cleared by a browser.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Call } from '../support/http.js'
import { purchase, startTestSystem, type TestSystem } from '../support/test-system.js'

type Privacy = Record<string, unknown> | undefined

async function flag(system: TestSystem, privacy: Privacy, headers: Call['headers'] = {}) {
  return (await system.delivered({ privacy }, { headers })).limited_data_use
}

async function serverFlag(system: TestSystem, privacy: Privacy, headers: Call['headers'] = {}) {
  const body = purchase({ privacy })
  await system.postAsServer(body, { headers })
  return (await system.tiktok.event(body.events[0]?.event_id as string)).limited_data_use
}

describe('for a visitor of unknown region', () => {
  let system: TestSystem
  beforeAll(async () => {
    system = await startTestSystem()
  })
  afterAll(() => system.stop())

  it('the flag is true', async () => {
    expect(await flag(system, undefined)).toBe(true)
    expect(await serverFlag(system, undefined)).toBe(true)
  })

  it('false from a browser is ignored', async () => {
    expect(await flag(system, { limited_data_use: false })).toBe(true)
  })

  it('false from a server is used', async () => {
    expect(await serverFlag(system, { limited_data_use: false })).toBe(false)
  })

  it("false from a server does not override the visitor's opt-out", async () => {
    expect(await serverFlag(system, { limited_data_use: false, gpc: true })).toBe(true)
    expect(await serverFlag(system, { limited_data_use: false, opt_out: true })).toBe(true)
  })

  it("Sec-GPC of the server's own request is not the visitor's", async () => {
    expect(await serverFlag(system, { limited_data_use: false }, { 'sec-gpc': '1' })).toBe(false)
  })
})

describe('with TAGFERRY_LDU_UNKNOWN=false', () => {
  let system: TestSystem
  beforeAll(async () => {
    system = await startTestSystem({ TAGFERRY_LDU_UNKNOWN: 'false' })
  })
  afterAll(() => system.stop())

  it('the flag is false, and still a boolean', async () => {
    expect(await flag(system, undefined)).toBe(false)
    expect(await flag(system, { limited_data_use: false })).toBe(false)
    expect(await serverFlag(system, undefined)).toBe(false)
  })

  it.each<[string, Privacy, Call['headers']]>([
    ['Sec-GPC: 1', undefined, { 'sec-gpc': '1' }],
    ['Sec-GPC: 1, twice', undefined, { 'sec-gpc': ['1', '1'] }],
    ['gpc in the body', { gpc: true }, {}],
    ['opt_out in the body', { opt_out: true }, {}],
    ["the site's opt-out cookie", undefined, { cookie: 'a=1; tagferry_optout=1' }],
    ["a browser's limited_data_use", { limited_data_use: true }, {}],
    ['Sec-GPC against limited_data_use: false', { limited_data_use: false }, { 'sec-gpc': '1' }],
  ])('%s makes it true', async (_, privacy, headers) => {
    expect(await flag(system, privacy, headers)).toBe(true)
  })

  it.each<[string, Privacy, Call['headers']]>([
    ['Sec-GPC: 0', undefined, { 'sec-gpc': '0' }],
    ['Sec-GPC: true', undefined, { 'sec-gpc': 'true' }],
    ['gpc: false', { gpc: false }, {}],
    ['opt_out: false', { opt_out: false }, {}],
    ['another value of the cookie', undefined, { cookie: 'tagferry_optout=0' }],
    ['another cookie', undefined, { cookie: 'not_tagferry_optout=1' }],
    ['malformed usp and gpp', { usp: '2YYN', gpp: 'nonsense', gpp_sid: [8] }, {}],
    ['granted consent', { consent: 'granted' }, {}],
  ])('%s leaves it false', async (_, privacy, headers) => {
    expect(await flag(system, privacy, headers)).toBe(false)
  })

  it('true from a server is used', async () => {
    expect(await serverFlag(system, { limited_data_use: true })).toBe(true)
  })
})
