import { expect, it } from 'vitest'
import { expected, page, tag } from '../../../tests/support/diagnose/fixtures.js'
import { diagnosePage } from './html-check.js'
import type { FetchedPage } from './page-facts.js'

const codes = (fetched: FetchedPage, fresh?: FetchedPage) =>
  diagnosePage({ page: fetched, ...(fresh && { fresh }) }, expected).map(({ code }) => code)

it('finds nothing in a correct page', () => {
  expect(codes(page(tag))).toEqual([])
  expect(codes(page(tag.replaceAll('"', "'").replace('async', 'ASYNC')))).toEqual([])
  expect(codes(page('<script src=/t/t.js></script>', { url: 'https://shop.example.net/' }))).toEqual([])
  expect(codes(page(tag, { url: 'https://www.shop.example./' }))).toEqual([])
})

it('does not take a host for secure or registered because it ends like another', () => {
  expect(codes(page(tag, { url: 'http://shop.example.localhost:8080/' }))).toEqual(['domain_not_registered'])
})

it('judges the fresh copy, whatever a cache holds', () => {
  expect(codes(page(tag), page(tag))).toEqual([])
  expect(codes(page(tag), page(''))).toEqual(['snippet_missing'])
  expect(codes(page(''), page(''))).toEqual(['snippet_missing'])
  expect(diagnosePage({ page: page(tag + tag), fresh: page('') }, expected)).toMatchObject([
    { code: 'snippet_missing' },
    { code: 'cache_stale', site: 'shop.example', detail: expect.stringContaining('snippet_twice') },
  ])
})

// A search that starts anew at each of these would take quadratic time: many seconds.
it.each(['<script a', '<meta a', '<!--', '<script src="', '</head '])(
  'reads a hostile page in linear time: %s',
  (text) => {
    const html = `<script src="/t.js"></script>${text.repeat(262_144 / text.length)}`
    const startedAt = performance.now()
    diagnosePage({ page: { url: 'https://shop.example/', html } }, { sites: [], scripts: new Map() })
    expect(performance.now() - startedAt).toBeLessThan(3_000)
  },
)
