/** What `tagferry doctor` says of domains and pages, and how it ends: 0 while no error is open, else 1. */
import { execFile } from 'node:child_process'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporaryDir } from '../support/temporary.js'

const main = fileURLToPath(new URL('../../collector/dist/main.js', import.meta.url))
const run = promisify(execFile)
const site = { domain: 'shop.localhost', pixelCode: 'CHRTV0567FRME7OQ5DI0', accessToken: 'token-1' }
const inherited = Object.entries(process.env).filter(([name]) => !/^(TAGFERRY_|VITEST|NODE_ENV$)/.test(name))

function doctor(sites: object[], env: Record<string, string> = {}, ...args: string[]) {
  const dataDir = temporaryDir()
  const settings = { TAGFERRY_SITES: JSON.stringify(sites), TAGFERRY_DATA_DIR: dataDir, ...env }
  return run(process.execPath, [main, 'doctor', ...args], {
    cwd: dataDir,
    env: { ...Object.fromEntries(inherited), ...settings },
  }).then(
    ({ stdout, stderr }) => ({ code: 0, out: stdout, err: stderr }),
    ({ code, stdout, stderr }) => ({ code: code as number, out: stdout as string, err: stderr as string }),
  )
}
const codesOf = (out: string) => (JSON.parse(out) as { code: string }[]).map(({ code }) => code)

describe('doctor', () => {
  it('ends well while only warnings are open, and says each in a line', async () => {
    const { code, out, err } = await doctor([site])
    expect(err).toBe('')
    expect(out).toMatch(/^warning snippet_missing shop\.localhost: Nothing has arrived .+ — Paste .+\n/)
    expect(out).toContain('1 domain: no error, 1 issue in all.')
    expect(code).toBe(0)
  })

  it('ends with 1 while an error is open, the error first', async () => {
    const { code, out } = await doctor([{ domain: 'shop.localhost' }])
    expect(out).toMatch(/^error token_missing shop\.localhost: There is no Access Token/)
    expect(code).toBe(1)
  })

  it('prints JSON when asked, with the same exit code', async () => {
    const doubtful = { ...site, pixelCode: 'CABCDEFGHIJ' }
    const { code, out } = await doctor([doubtful, { domain: 'b.example' }], {}, '--json')
    const issues = JSON.parse(out)
    expect(issues[0]).toMatchObject({ severity: 'error', code: 'token_missing', site: 'b.example' })
    expect(issues).toContainEqual({
      severity: 'warning',
      code: 'pixel_code_suspicious',
      site: 'shop.localhost',
      detail: 'CABCDEFGHIJ',
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

describe('doctor with the address of a page', () => {
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
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    port = (server.address() as AddressInfo).port
  })
  afterAll(() => void server?.close())

  const look = (path: string) => doctor([site], {}, `http://shop.localhost:${port}${path}`, '--json')

  it.each([
    ['/good', []],
    ['/twice', ['snippet_twice']],
    ['/moved', ['snippet_twice']],
    ['/strict', ['csp_blocks_connect']],
    ['/long', ['snippet_missing']],
  ])('finds at %s: %j', async (path, codes) => {
    const { out, code } = await look(path)
    // Nothing has arrived from this domain, whatever its page says.
    const own = codesOf(out).filter((one) => one !== 'snippet_missing' || codes.includes(one))
    expect([...new Set(own)]).toEqual(codes)
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
  ])('does not fetch %s: %s', async (url, words) => {
    const { code, err } = await doctor([site], {}, url)
    expect(err).toContain(words)
    expect(code).toBe(2)
  })

  it('says why a page could not be had', async () => {
    expect((await look('/none')).err).toContain('answered 404')
    expect((await look('/loop')).err).toContain('redirects more than 3 times')
  })
})
