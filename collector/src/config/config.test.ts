import { describe, expect, it } from 'vitest'
import { vendors } from '../vendors/index.js'
import { readConfig } from './config.js'
import { secretSettings, settingKey, settingName } from './setting-names.js'

const read = (settings: Record<string, unknown>) => readConfig([settings], vendors)
const problems = (settings: Record<string, unknown>) => {
  const result = read(settings)
  return result.ok ? [] : result.problems.map(({ setting, problem }) => `${setting}: ${problem}`)
}

describe('the configuration', () => {
  it('has safe defaults', () => {
    expect(read({})).toMatchObject({
      ok: true,
      config: {
        port: 8787,
        host: '127.0.0.1',
        trustProxy: false,
        lduUnknown: true,
        rateLimit: 600,
        sites: [],
        vendors: { tiktokUrl: 'https://business-api.tiktok.com' },
      },
    })
  })

  it('reads values as text, as the environment has them', () => {
    const sites =
      '[{"domain":" Shop.Example ","pixelCode":" chrtv0567frme7oq5di0","accessToken":"Bearer abc","country":"us"}]'
    expect(read({ port: '0', lduUnknown: 'false', rateLimit: 'off', trustProxy: '1', sites })).toMatchObject({
      ok: true,
      config: {
        port: 0,
        lduUnknown: false,
        rateLimit: 'off',
        trustProxy: 1,
        sites: [
          {
            domain: 'shop.example',
            pixelCode: 'CHRTV0567FRME7OQ5DI0',
            accessToken: 'abc',
            country: 'US',
            enabled: true,
          },
        ],
      },
    })
  })

  it('prefers the stronger layer', () => {
    expect(readConfig([{ port: '1' }, { port: '2', host: 'a' }, { host: 'b' }], vendors)).toMatchObject({
      config: { port: 1, host: 'a' },
    })
  })

  it('reports all problems at once, each with its setting', () => {
    expect(
      problems({
        port: '99999',
        trustProxy: 'true',
        tiktokUrl: 'http://example.com',
        sites: '[{"domain":"https://x"}]',
      }),
    ).toEqual([
      expect.stringMatching(/^TAGFERRY_PORT: /),
      expect.stringMatching(/^TAGFERRY_TRUST_PROXY: .*never true/),
      expect.stringMatching(/^TAGFERRY_TIKTOK_URL: expected an https origin/),
      expect.stringMatching(/^TAGFERRY_SITES\[0\]\.domain: expected a bare domain/),
    ])
  })

  it.each([
    [{ prot: '1' }, 'TAGFERRY_PROT: unknown setting; did you mean TAGFERRY_PORT?'],
    [{ sites: '[{"domain":"a.example","pixelcode":"x"}]' }, 'TAGFERRY_SITES[0]: unknown key pixelcode'],
    [
      { sites: '[{"domain":"a.example"},{"domain":"b.example","aliases":["a.example"]}]' },
      'TAGFERRY_SITES[1]: a.example is listed twice',
    ],
    [{ sites: '{' }, 'TAGFERRY_SITES: expected valid JSON'],
    [
      { secret: 'short' },
      'TAGFERRY_SECRET: expected 32 bytes in base64, such as `openssl rand -base64 32` prints',
    ],
  ])('refuses %j', (settings, expected) => expect(problems(settings)).toEqual([expected]))

  it.each([
    ['loopback', true],
    ['10.0.0.0/8, 2001:db8::/32', true],
    ['::ffff:10.0.0.0/104', true],
    ['::ffff:10.0.0.0/8', false],
    ['true', false],
    ['0', false],
    ['10.0.0.0/33', false],
    ['everyone', false],
  ])('TAGFERRY_TRUST_PROXY=%s: %s', (trustProxy, allowed) => expect(read({ trustProxy }).ok).toBe(allowed))

  it('masks secret settings and shows all others with their source', () => {
    const secret = Buffer.alloc(32, 1).toString('base64')
    const settings = {
      ...{ port: '1', databaseUrl: 'postgres://a:b@c/d', secret, adminPassword: 'a good password' },
      ...{
        sites: '[{"domain":"shop.example"}]',
        apiKeys: '[{"site":"shop.example","key":"0123456789abcdef"}]',
      },
    }
    const result = readConfig([{}, settings], vendors)
    if (!result.ok) throw new Error(JSON.stringify(result.problems))
    const shown = Object.fromEntries(result.config.shown)
    for (const key of secretSettings)
      expect(shown[settingName(key)]).toEqual({ value: '••••', from: 'environment' })
    expect(shown.TAGFERRY_PORT).toEqual({ value: '1', from: 'environment' })
    expect(shown.TAGFERRY_HOST).toEqual({ value: '127.0.0.1', from: 'default' })
  })

  it('converts names of settings in both directions', () => {
    for (const key of ['port', 'trustProxy', 'tiktokUrl', 'lduUnknown'])
      expect(settingKey(settingName(key))).toBe(key)
  })
})
