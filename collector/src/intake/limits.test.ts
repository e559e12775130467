import { describe, expect, it } from 'vitest'
import { checkLimits } from './limits.js'

const limits = { depth: 4, keys: 3, entries: 2 }
const check = (body: unknown, hasEscapes = true) => checkLimits(body, limits, hasEscapes)
const nested = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`)

describe('a body', () => {
  it('may be as deep as the limit and no deeper', () => {
    expect(check(nested(4))).toBeUndefined()
    expect(check(nested(5))).toMatchObject({ path: '[0][0][0][0]', problem: 'nested deeper than 4 levels' })
  })

  it('is refused without overflowing the stack when it is thousands of levels deep', () => {
    expect(check(nested(30_000))?.problem).toContain('nested deeper')
  })

  it('has at most the allowed number of keys and entries', () => {
    expect(check({ a: 1, b: 2, c: 3 })).toBeUndefined()
    expect(check({ x: { a: 1, b: 2, c: 3, d: 4 } })).toMatchObject({
      path: 'x',
      problem: '4 keys, at most 3 are allowed',
    })
    expect(check({ x: [1, 2, 3] })?.problem).toBe('3 entries, at most 2 are allowed')
  })

  it.each(['__proto__', 'constructor', 'prototype'])('is refused with the key %s', (key) => {
    expect(check(JSON.parse(`{"a": {"${key}": {"x": 1}}}`))).toMatchObject({
      path: `a.${key}`,
      problem: 'this key is not allowed',
    })
    expect(({} as { x?: number }).x).toBeUndefined()
  })

  it('loses null values, U+0000 and lone surrogates, and keeps whole pairs', () => {
    const body = { a: null, b: 'x\u0000y\uD800z\uDC00', c: ['\uDFFF😀', null] }
    expect(check(body)).toBeUndefined()
    expect(body).toEqual({ b: 'xyz', c: ['😀'] })
  })

  it('loses U+0000 and lone surrogates in keys, and keys that are empty, taken or forbidden then', () => {
    const body = { 'a\u0000': 'x\u0000', b: 1, 'b\uD800': 2, '\u0000': 3, '__proto\u0000__': { evil: 1 } }
    expect(check({ body })).toMatchObject({ path: 'body', problem: '5 keys, at most 3 are allowed' })
    const wide = { ...limits, keys: 5 }
    expect(checkLimits(body, wide, true)).toBeUndefined()
    expect(body).toEqual({ a: 'x', b: 1 })
    expect(Object.getPrototypeOf(body)).toBe(Object.prototype)
  })

  it('keeps its texts where it has no escapes', () => {
    const body = { a: 'x\u0000', b: null, c: ['\uD800'] }
    expect(check(body, false)).toBeUndefined()
    expect(body).toEqual({ a: 'x\u0000', c: ['\uD800'] })
  })

  it('keeps null in the list of events, whose positions are reported', () => {
    const body = { events: [null, [null]] }
    expect(check(body)).toBeUndefined()
    expect(body).toEqual({ events: [null, []] })
  })

  it('names a key in a path with at most 100 characters', () => {
    expect(check({ [`${'k'.repeat(200)}`]: [1, 2, 3] })?.path).toBe('k'.repeat(100))
    expect(check({ a: { ['k'.repeat(200)]: [1, 2, 3] } })?.path).toBe(`a.${'k'.repeat(100)}`)
    expect(check({ 'jane@example.com': [1, 2, 3] })?.path).not.toContain('jane')
  })
})

describe('a lenient check', () => {
  const repair = (body: unknown) => {
    const removed: string[] = []
    const known = { ...limits, knownKeys: new Set(['event']) }
    const problem = checkLimits(body, known, true, ({ path, problem }) => removed.push(`${path}: ${problem}`))
    return { problem, removed }
  }

  it('cuts lists, and keeps the first keys and the known ones of an object', () => {
    const body = { x: [1, 2, 3], y: { a: 1, b: 2, c: 3, d: 4, event: 5 } }
    expect(repair(body)).toEqual({
      problem: undefined,
      removed: ['x: 3 entries were cut to 2', 'y: 5 keys were cut to 3'],
    })
    expect(body).toEqual({ x: [1, 2], y: { a: 1, b: 2, event: 5 } })
  })

  it('leaves out what is too deep, also of a list', () => {
    const body = { a: { b: { c: { d: {}, e: 1 } }, f: [1, [[2], 3]] } }
    expect(repair(body)).toEqual({
      problem: undefined,
      removed: [
        'a.b.c.d: nested deeper than 4 levels; it was left out',
        'a.f[1][0]: nested deeper than 4 levels; it was left out',
      ],
    })
    expect(body).toEqual({ a: { b: { c: { e: 1 } }, f: [1, [3]] } })
    expect(repair(nested(30_000)).removed).toHaveLength(1)
  })

  it('refuses too many events and forbidden keys', () => {
    expect(repair({ events: [1, 2, 3] }).problem).toMatchObject({ path: 'events', rule: 'too_many' })
    const forbidden = JSON.parse('{"a": 1, "b": 2, "c": 3, "__proto__": {}}')
    expect(repair({ x: forbidden }).problem).toMatchObject({ path: 'x.__proto__', rule: 'forbidden_key' })
  })
})
