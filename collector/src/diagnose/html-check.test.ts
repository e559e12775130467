import { expect, it } from 'vitest'
import { allows, readPolicies } from './csp.js'
import { diagnoseCopies, diagnosePage, pageCodes } from './html-check.js'

const good =
  '<script async src="https://t.shop.example/t.js" data-site="shop.example" integrity="sha384-1"></script>'
const expected = {
  sites: [{ domain: 'shop.example', aliases: ['shop.example.net'] }],
  scripts: new Map([['t.js', { integrity: 'sha384-1' }]]),
}
const document = (head: string, body = '') =>
  `<!doctype html><html><head>${head}</head><body>${body}</body></html>`
const look = (html: string, url = 'https://www.shop.example/', policy = '') =>
  diagnosePage({ url, html, ...(policy && { policy }) }, expected)

const copies = (old: string, fresh: string) => {
  const at = (html: string) => ({ url: 'https://shop.example/', html: document(html) })
  return diagnoseCopies(at(old), at(fresh), expected)
}

const cases: [code: string, issues: ReturnType<typeof look>][] = [
  ['domain_not_registered', look(document(good), 'https://shop.example.evil.example/')],
  ['http_site_no_subtle_crypto', look(document(good), 'http://shop.example/')],
  ['snippet_missing', look(document(`<!-- ${good} --><script src="/other.js"></script>`))],
  ['snippet_missing', look(`<!-- ${good}`)],
  ['snippet_in_body', look(document('', good))],
  ['snippet_twice', look(document(good + good.replace('t.js', 't.core.js')))],
  ['snippet_altered', look(document(good.replace('sha384-1', 'sha384-2')))],
  ['site_key_mismatch', look(document(good.replace('"shop.example"', "'other.example'")))],
  ['csp_blocks_script', look(document(good), undefined, "script-src 'self'; connect-src *")],
  ['csp_blocks_connect', look(document(good), undefined, "connect-src 'self'")],
  [
    'csp_blocks_connect',
    look(document(`<meta http-equiv=content-security-policy content="connect-src 'none'">${good}`)),
  ],
  ['cache_stale', copies('', good)],
]

it.each(cases)('%s is seen in a page, alone', (code, issues) => {
  expect(issues.map((issue) => issue.code)).toEqual([code])
})

it('finds nothing in a good page', () => {
  expect(look(document(good))).toEqual([])
  expect(look(document(good.replaceAll('"', "'").replace('async', 'ASYNC')))).toEqual([])
  expect(look(document('<script src=/t/t.js></script>'), 'https://shop.example.net/')).toEqual([])
  expect(look(document(good), 'http://shop.example.localhost:8080/').map(({ code }) => code)).toEqual([
    'domain_not_registered',
  ])
})

it('takes the page as it is now for the truth, whatever a cache has', () => {
  expect(copies(good, good)).toEqual([])
  expect(copies(good, '').map(({ code }) => code)).toEqual(['snippet_missing'])
  expect(copies('', '').map(({ code }) => code)).toEqual(['snippet_missing'])
  expect(copies(good + good, '')).toMatchObject([
    { code: 'snippet_missing' },
    { code: 'cache_stale', site: 'shop.example', detail: expect.stringContaining('snippet_twice') },
  ])
})

it('has a case for all that it can raise', () => {
  expect([...pageCodes].filter((code) => !cases.some(([tried]) => tried === code))).toEqual([])
})

it.each([
  ["connect-src 'self'", 'https://shop.example/e', true],
  ["connect-src 'self'", 'https://t.shop.example/e', false],
  ['connect-src *.shop.example', 'https://t.shop.example/e', true],
  ['connect-src *.shop.example', 'https://shop.example/e', false],
  ['connect-src https:', 'https://t.example/e', true],
  ['connect-src https:', 'http://t.example/e', false],
  ['connect-src http://t.example', 'https://t.example/e', true],
  ['connect-src t.example:8443', 'https://t.example/e', false],
  ['connect-src t.example:*', 'https://t.example:8443/e', true],
  ['connect-src https://t.example/t/', 'https://t.example/t/e', true],
  ['connect-src https://t.example/t', 'https://t.example/t/e', false],
  ['connect-src *', 'https://t.example/e', true],
  ['connect-src', 'https://t.example/e', false],
  ["default-src 'none'", 'https://t.example/e', false],
  ["default-src 'none'; connect-src t.example", 'https://t.example/e', true],
  ["connect-src 'nonce-1'", 'https://t.example/e', true],
  ['img-src *', 'https://t.example/e', true],
  ['connect-src t.example, connect-src other.example', 'https://t.example/e', false],
])('the policy %j lets a page of shop.example reach %s: %s', (text, address, allowed) => {
  const page = new URL('https://shop.example/')
  const all = readPolicies(text).every((policy) =>
    allows(policy, ['connect-src', 'default-src'], new URL(address), page),
  )
  expect(all).toBe(allowed)
})

// Their square would be many seconds.
it.each(['<script a', '<meta a', '<!--', '<script src="', '</head '])(
  'reads a hostile page at once: %s',
  (text) => {
    const html = `<script src="/t.js"></script>${text.repeat(262_144 / text.length)}`
    const began = performance.now()
    diagnosePage({ url: 'https://shop.example/', html }, { sites: [], scripts: new Map() })
    expect(performance.now() - began).toBeLessThan(3_000)
  },
)
