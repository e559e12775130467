// Tests `tagferry doctor`: the issues of domains and pages, and the exit code, which is 0 without open errors.
import { createServer, type Server } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCli } from '../support/cli.js'
import { listen } from '../support/port.js'
import { temporaryDir } from '../support/temporary.js'

const site = { domain: 'shop.localhost', pixelCode: 'CHRTV0567FRME7OQ5DI0', accessToken: 'token-1' }

const doctor = (sites: object[], env: Record<string, string> = {}, ...args: string[]) =>
  runCli(['doctor', ...args], {
    TAGFERRY_SITES: JSON.stringify(sites),
    TAGFERRY_DATA_DIR: temporaryDir(),
    ...env,
  })
const codesOf = (out: string) => (JSON.parse(out) as { code: string }[]).map(({ code }) => code)

describe('doctor', () => {
  it('exits with 0 if only warnings are open, and prints each on a line', async () => {
    const { code, out, err } = await doctor([site])
    expect(err).toBe('')
    expect(out).toMatch(/^warning snippet_missing shop\.localhost: Nothing has arrived .+ — Paste .+\n/)
    expect(out).toContain('1 domain: no error, 1 issue in all.')
    expect(code).toBe(0)
  })

  it('exits with 1 if an error is open, and prints errors first', async () => {
    const { code, out } = await doctor([{ domain: 'shop.localhost' }])
    expect(out).toMatch(/^error token_missing shop\.localhost: There is no Access Token/)
    expect(code).toBe(1)
  })

  it('prints JSON with --json, with the same exit code', async () => {
    const suspicious = { ...site, pixelCode: 'CABCDEFGHIJ' }
    const { code, out } = await doctor([suspicious, { domain: 'b.example' }], {}, '--json')
    const issues = JSON.parse(out)
    expect(issues[0]).toMatchObject({ severity: 'error', code: 'token_missing', site: 'b.example' })
    expect(issues).toContainEqual({
      severity: 'warning',
      code: 'pixel_code_suspicious',
      site: 'shop.localhost',
      detail: 'CABCDEFGHIJ',
      vendor: 'TikTok',
      title: expect.any(String),
      why: expect.any(String),
      fix: expect.any(String),
      docs: expect.stringMatching(/^docs\//),
    })
    expect(code).toBe(1)
  })

  it.each([
    [{ TAGFERRY_HOST: '0.0.0.0' }, true],
    [{ TAGFERRY_HOST: '0.0.0.0', TAGFERRY_ADMIN_LISTEN: '127.0.0.1:8788' }, false],
    [{ TAGFERRY_HOST: '127.0.0.1' }, false],
  ])('with %j warns of an exposed dashboard: %s', async (env, warns) => {
    const { out } = await doctor([site], env, '--json')
    expect(codesOf(out).includes('dashboard_exposed')).toBe(warns)
  })
})

describe('doctor with the URL of a page', () => {
  const tag = '<script async src="https://t.shop.example/t.js" data-site="shop.localhost"></script>'
  const pages: Record<string, [status: number, headers: Record<string, string>, body: string]> = {
    '/good': [200, {}, `<head>${tag}</head>`],
    '/twice': [200, {}, `<head>${tag}${tag}</head>`],
    '/strict': [
      200,
      { 'content-security-policy': "script-src https:; connect-src 'self'" },
      `<head>${tag}</head>`,
    ],
    '/moved': [302, { location: '/twice' }, ''],
    '/loop': [302, { location: '/loop' }, ''],
    '/long': [200, {}, `<head>${' '.repeat(1_048_576)}${tag}</head>`],
  }
  let server: Server
  let port: number
  beforeAll(async () => {
    server = createServer((request, response) => {
      const [status, headers, body] = pages[request.url ?? ''] ?? [404, {}, '']
      response.writeHead(status, headers).end(body)
    })
    port = await listen(server)
  })
  afterAll(() => void server?.close())

  const check = (path: string) => doctor([site], {}, `http://shop.localhost:${port}${path}`, '--json')

  it.each([
    ['/good', []],
    ['/twice', ['snippet_twice']],
    ['/moved', ['snippet_twice']],
    ['/strict', ['csp_blocks_connect']],
    ['/long', ['snippet_missing']],
  ])('finds at %s: %j', async (path, codes) => {
    const { out, code } = await check(path)
    // No event has arrived from this domain, so this issue is open for every page.
    const found = codesOf(out).filter((issue) => issue !== 'snippet_missing' || codes.includes(issue))
    expect([...new Set(found)]).toEqual(codes)
    expect(code).toBe(codes.includes('csp_blocks_connect') ? 1 : 0)
  })

  it.each([
    ['http://10.0.0.1/', 'private address'],
    ['http://[::ffff:192.168.0.1]/', 'private address'],
    ['http://169.254.169.254/latest/', 'private address'],
    ['http://0/', 'private address'],
    ['http://0x0a000001/', 'private address'],
    ['file:///etc/passwd', 'only http and https'],
    ['shop.example', 'is no address'],
  ])('does not fetch %s: %s', async (url, message) => {
    const { code, err } = await doctor([site], {}, url)
    expect(err).toContain(message)
    expect(code).toBe(2)
  })

  it('says why a page could not be fetched', async () => {
    expect((await check('/none')).err).toContain('answered 404')
    expect((await check('/loop')).err).toContain('redirects more than 3 times')
  })
})
