import { expect, it } from 'vitest'
import { allows, readPolicies } from './csp.js'

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
