import { describe, expect, it } from 'vitest'
import { checkShape } from './limits.js'

const limits = { depth: 4, keys: 3, entries: 2 }
const check = (body: unknown, clean = true) => checkShape(body, limits, clean)
const deep = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`)

describe('the shape of a body', () => {
  it('may be as deep as the limit and no deeper', () => {
    expect(check(deep(4))).toBeUndefined()
    expect(check(deep(5))).toEqual({ path: '[0][0][0][0]', problem: 'nested deeper than 4 levels' })
  })

  it('is refused without overflowing the stack when it is thousands of levels deep', () => {
    expect(check(deep(30_000))?.problem).toContain('nested deeper')
  })

  it('has at most so many keys and entries', () => {
    expect(check({ a: 1, b: 2, c: 3 })).toBeUndefined()
    expect(check({ x: { a: 1, b: 2, c: 3, d: 4 } })).toEqual({
      path: 'x',
      problem: '4 keys, at most 3 are allowed',
    })
    expect(check({ x: [1, 2, 3] })?.problem).toBe('3 entries, at most 2 are allowed')
  })

  it.each(['__proto__', 'constructor', 'prototype'])('does not take the key %s', (key) => {
    expect(check(JSON.parse(`{"a": {"${key}": {"x": 1}}}`))).toEqual({
      path: `a.${key}`,
      problem: 'this key is not allowed',
    })
    expect(({} as { x?: number }).x).toBeUndefined()
  })

  it('loses null values, U+0000 and lone surrogates, and keeps whole pairs', () => {
    const body = { a: null, b: 'x\u0000y\uD800z\uDC00', c: ['\uDFFF😀', 'ok'] }
    expect(check(body)).toBeUndefined()
    expect(body).toEqual({ b: 'xyz', c: ['😀', 'ok'] })
  })
})
