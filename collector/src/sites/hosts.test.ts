import { describe, expect, it } from 'vitest'
import type { Site } from '../event.js'
import { createSites, hasName, hostOf, isSubdomain, ownsHost, siteNamed } from './hosts.js'

const site = (domain: string, ...aliases: string[]): Site => ({
  ...{ domain, aliases, siteKey: `key of ${domain}`, paused: false, keepLegacyNames: false, vendors: [] },
})
const shop = site('shop.example', 'shop.example.net')
const blog = site('blog.shop.example')
const idn = site('xn--mnchen-3ya.example')

describe('a site', () => {
  it.each([
    'shop.example',
    'SHOP.example',
    'shop.example.',
    'www.shop.example',
    'a.b.shop.example',
    'WWW.Shop.Example.',
    'shop.example.net',
    'www.shop.example.net.',
  ])('owns the host %s', (host) => expect(ownsHost(shop, host)).toBe(true))

  it.each([
    '',
    '.',
    'example',
    'evil-shop.example',
    'evilshop.example',
    'shop.example.evil.example',
    'shop.example.org',
    'shop-example.net',
    'shop.example..',
    'xshop.example.net',
  ])('does not own the host %j', (host) => expect(ownsHost(shop, host)).toBe(false))

  it('owns hosts in Unicode, which the URL parser gives in ASCII', () => {
    expect(ownsHost(idn, new URL('https://www.MÜNCHEN.example/').hostname)).toBe(true)
    expect(ownsHost(idn, new URL('https://munchen.example/').hostname)).toBe(false)
  })

  it.each([
    ['shop.example', true],
    ['Shop.Example.', true],
    ['SHOP.example.net', true],
    ['www.shop.example', false],
    ['evil-shop.example', false],
    ['', false],
  ])('has the name %j: %s', (name, expected) => {
    expect(hasName(shop, name)).toBe(expected)
    expect(siteNamed([blog, shop], name)).toBe(expected ? shop : undefined)
  })

  it.each([
    ['www.shop.example', true],
    ['WWW.shop.example.', true],
    ['shop.example', false],
    ['evil-shop.example', false],
  ])('has the sub-domain %s: %s', (host, expected) => {
    expect(isSubdomain(host, 'shop.example')).toBe(expected)
    expect(isSubdomain(host, 'Shop.Example.')).toBe(expected)
  })
})

describe('the sites', () => {
  const sites = createSites([shop, blog, idn])

  it.each([
    ['shop.example', shop],
    ['SHOP.example.', shop],
    ['shop.example.net', shop],
    ['blog.shop.example', blog],
    ['www.shop.example', shop],
    ['a.blog.shop.example', blog],
    ['evil-shop.example', undefined],
    ['other.example', undefined],
    ['', undefined],
  ])('are found by the name %s', (name, expected) => expect(sites.resolve(name)).toBe(expected))

  it('allow a page of a sub-domain to send for the domain, even where it is a site of its own', () => {
    expect(sites.allows(shop, 'www.shop.example')).toBe(true)
    expect(sites.allows(blog, 'blog.shop.example')).toBe(true)
    expect(sites.allows(shop, 'blog.shop.example')).toBe(true)
    expect(sites.allows(blog, 'shop.example')).toBe(false)
    expect(sites.allows(shop, 'evil-shop.example')).toBe(false)
  })

  it('allow a host of any of them', () => {
    expect(sites.allowsAny('www.blog.shop.example')).toBe(true)
    expect(sites.allowsAny('evil-shop.example')).toBe(false)
    expect(sites.allowsAny('example')).toBe(false)
  })

  it('can be replaced', () => {
    const changing = createSites([shop])
    changing.replace([idn])
    expect(changing.resolve('shop.example')).toBeUndefined()
    expect(changing.resolve('xn--mnchen-3ya.example')).toBe(idn)
  })
})

describe('the host of a header', () => {
  it.each([
    ['https://shop.example', 'shop.example'],
    ['https://WWW.Shop.Example:8443/a?b#c', 'www.shop.example'],
    ['https://shop.example./a', 'shop.example'],
    ['https://münchen.example', 'xn--mnchen-3ya.example'],
    ['http://[::1]:80', '[::1]'],
    ['null', null],
    [undefined, undefined],
    ['', undefined],
    ['shop.example', undefined],
    ['file:///etc', undefined],
    ['chrome-extension://abc', undefined],
    ['https://shop.example../', undefined],
  ])('%j is %j', (header, expected) => {
    // The second answer comes from the cache.
    for (let times = 0; times < 2; times++) expect(hostOf(header)).toBe(expected)
  })
})
