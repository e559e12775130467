import { expect, it } from 'vitest'
import { isLocalHost } from './local-host.js'

it.each([
  'localhost',
  'LOCALHOST',
  'localhost.',
  'shop.localhost',
  'www.shop.localhost.',
  '127.0.0.1',
  '127.255.255.254',
  '::1',
  '[::1]',
  '::ffff:127.0.0.1',
])('%s is this machine', (host) => expect(isLocalHost(host)).toBe(true))

it.each([
  '',
  'localhost.example',
  'notlocalhost',
  'localhost.evil.example',
  '127.evil.example',
  '127.0.0.1.evil.example',
  '127.1',
  '128.0.0.1',
  '0.0.0.0',
  '10.0.0.1',
  '::2',
  'fe80::1',
])('%j is not this machine', (host) => expect(isLocalHost(host)).toBe(false))
