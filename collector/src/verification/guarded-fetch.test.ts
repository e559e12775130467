import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fetchPage } from './guarded-fetch.js'

/** This machine, in the spellings that URL parsers accept. */
const localUrls = [
  'http://127.0.0.1/',
  'http://127.1/',
  'http://127.0.1/',
  'http://127.255.255.254/',
  'http://2130706433/',
  'http://0x7f000001/',
  'http://0x7f.0.0.1/',
  'http://0177.0.0.1/',
  'http://017700000001/',
  'http://0177.0x0.0.1/',
  'http://127.0.0.1./',
  'http://%31%32%37.0.0.1/',
  'http://１２７.0.0.1/',
  'http://127。0。0。1/',
  'http://127．0．0．1/',
  'http://①②⑦.⓪.⓪.①/',
  'http://shop.example@127.0.0.1/',
  'http://shop.example:80@127.0.0.1/',
  'http://shop.example%40127.0.0.1@127.0.0.1/',
  'http:\\\\127.0.0.1\\',
  'http:127.0.0.1',
  ' http://127.0.0.1/\n',
  'http://127.\t0.0.1/',
  'https://127.0.0.1:443/',
  'http://localhost/',
  'http://LOCALHOST/',
  'http://ⓛocalhost/',
  'http://shop.example.localhost/',
  'http://shop.example:80@localhost/',
  'http://[::1]/',
  'http://[0:0:0:0:0:0:0:1]/',
  'http://[::ffff:127.0.0.1]/',
  'http://[::ffff:7f00:1]/',
]

/** Private networks, and addresses that may lead there. */
const privateUrls = [
  'http://0/',
  'http://0.0.0.0/',
  'http://[::]/',
  'http://10.0.0.1/',
  'http://167772161/',
  'http://012.0.0.1/',
  'http://0xa.1/',
  'http://10.1./',
  'http://shop.example@10.0.0.1/',
  'http://172.16.0.1/',
  'http://192.168.1.1/',
  'http://0300.0250.1.1/',
  'http://100.64.0.1/',
  'http://169.254.169.254/latest/meta-data/',
  'http://2852039166/',
  'http://0xa9fea9fe/',
  'http://192.0.0.192/',
  'http://192.0.2.1/',
  'http://192.88.99.1/',
  'http://198.18.0.1/',
  'http://198.19.255.255/',
  'http://198.51.100.1/',
  'http://203.0.113.1/',
  'http://224.0.0.1/',
  'http://239.255.255.250/',
  'http://240.0.0.1/',
  'http://255.255.255.255/',
  'http://4294967295/',
  'http://[::ffff:10.0.0.1]/',
  'http://[::ffff:a00:1]/',
  'http://[::ffff:0:10.0.0.1]/',
  'http://[::10.0.0.1]/',
  'http://[64:ff9b::10.0.0.1]/',
  'http://[64:ff9b::a9fe:a9fe]/',
  'http://[64:ff9b:1::a00:1]/',
  'http://[100::1]/',
  'http://[2001::a00:1]/',
  'http://[2001:20::1]/',
  'http://[2001:db8::1]/',
  'http://[2002:a00:1::]/',
  'http://[2002:7f00:1::1]/',
  'http://[3fff::1]/',
  'http://[5f00::1]/',
  'http://[fc00::1]/',
  'http://[fd00:ec2::254]/',
  'http://[fe80::1]/',
  'http://[fec0::1]/',
  'http://[ff02::1]/',
]

describe('a page is never fetched', () => {
  it.each(localUrls)('from this machine unless that is allowed: %s', async (url) => {
    expect(await fetchPage(url, { allowLocal: false })).toMatch(
      / was not fetched: it is at a private address\.$/,
    )
  })

  it.each(privateUrls)('from a private network: %s', async (url) => {
    for (const allowLocal of [false, true])
      expect(await fetchPage(url, { allowLocal })).toContain(' was not fetched: it is at a private address.')
  })

  it.each([
    'file:///etc/passwd',
    'ftp://127.0.0.1/',
    'gopher://127.0.0.1:25/',
    'data:text/html,x',
    'blob:null/x',
  ])('by anything but http: %s', async (url) =>
    expect(await fetchPage(url, { allowLocal: true })).toContain('only http and https are'),
  )

  it.each([
    '',
    '//127.0.0.1/',
    'http://',
    'http://256.0.0.1/',
    'http://1.2.3.4.5/',
    'http://[fe80::1%25eth0]/',
    'http://[::1',
    'http://127.0.0.1:99999/',
    'http://local host/',
  ])('from an invalid address: %j', async (url) => {
    expect(await fetchPage(url, { allowLocal: true })).toContain('is no address')
  })
})

it('leaves the password of the address out of messages', async () => {
  expect(await fetchPage('http://owner:secret@10.0.0.1/', { allowLocal: false })).toBe(
    'http://10.0.0.1/ was not fetched: it is at a private address.',
  )
})

describe('a page of this machine', () => {
  let server: Server
  let origin: string
  let location: string | undefined
  beforeAll(async () => {
    server = createServer((_request, response) => {
      if (location === undefined) response.end('page')
      else response.writeHead(302, { location }).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    origin = `http://localhost:${(server.address() as AddressInfo).port}/`
  })
  afterAll(() => void server.close())

  it('is fetched if the owner names it and that is allowed', async () => {
    location = undefined
    expect(await fetchPage(origin, { allowLocal: true })).toEqual({ url: origin, html: 'page' })
  })

  it('cannot redirect into the private network', async () => {
    for (const url of privateUrls) {
      location = new URL(url).href
      expect(await fetchPage(origin, { allowLocal: true })).toBe(
        `${location} was not fetched: it is at a private address. Only localhost may be.`,
      )
    }
  })
})
