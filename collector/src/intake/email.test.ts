import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normaliseEmail } from './email.js'

const jane = 'jane@example.com'

describe('an e-mail address', () => {
  it.each([
    ...[jane, ' Jane@Example.COM\n', 'mailto:jane@example.com', 'MAILTO:jane@example.com?subject=Hi%20there'],
    ...['mailto:jane%40example.com', '<jane@example.com>', 'Jane <jane@example.com>', '"jane@example.com"'],
    ...[
      '"Doe, Jane" <mailto:jane@example.com>;',
      'jane@example.com <jane@example.com>',
      '“jane@example.com”',
    ],
    ...["'jane@example.com", '(jane@example.com)', '[jane@example.com]', 'jane&#64;example.com'],
    ...[
      'jane@example.com,',
      'jane@example.com.',
      'jane@example.com;',
      'jane@example.com>',
      ',jane@example.com ',
    ],
    ...[
      '\u200bjane@example.com',
      'jane@exam\u00adple.com',
      '\u202ajane@example.com\u202c',
      'jane\ufeff@example.com',
    ],
    ...['jane@example\t.com\r\n', 'jane@example.com\u2028', 'jane@example.com\u0000'],
  ])('is found in %j', (text) => expect(normaliseEmail(text)).toBe(jane))

  it.each([
    ['Jane+tag@sub.Example.co.uk', 'jane+tag@sub.example.co.uk'],
    ["o'brien@example.com", "o'brien@example.com"],
    ['jos\u0065\u0301@ex\u00e4mple.de', 'jos\u00e9@ex\u00e4mple.de'],
    ['jane@xn--exmple-cua.de', 'jane@xn--exmple-cua.de'],
    [
      'JANE@\u043f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444',
      'jane@\u043f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444',
    ],
  ])('%j is %j', (text, expected) => expect(normaliseEmail(text)).toBe(expected))

  it.each([
    ...['', ' ', '@', 'jane', 'jane@', '@example.com', 'jane@example', 'jane@localhost', 'jane@127.0.0.1'],
    ...['jane@[127.0.0.1]', 'jane doe@example.com', '"jane doe"@example.com', 'jane@exa mple.com'],
    ...[
      'jane@example.com, joe@example.com',
      'jane@example.com joe@example.com',
      'Joe joe@x.example <jane@example.com>',
    ],
    ...[
      'jane@@example.com',
      'a@b@example.com',
      '.jane@example.com',
      'jane.@example.com',
      'jane@example..com',
    ],
    ...[
      'order@2026.11',
      'v@1.2.3',
      '{{ customer.email }}',
      '%%email%%',
      'undefined',
      `${'a'.repeat(300)}@example.com`,
    ],
    `<${'<'.repeat(2_000)}jane@example.com`,
  ])('is not in %j', (text) => expect(normaliseEmail(text)).toBeUndefined())

  it('is the same with every control and format character, in every wrapper', () => {
    const invisible = Array.from({ length: 0x11_0000 }, (_, code) => code)
      .filter((code) => code < 0xd800 || code > 0xdfff)
      .map((code) => String.fromCodePoint(code))
      .filter((character) => /[\p{Cc}\p{Cf}]/u.test(character))
    expect(invisible.length).toBeGreaterThan(200)
    const wrappers = [
      jane,
      `<${jane}>`,
      `Jane <${jane}>`,
      `mailto:${jane}?subject=x`,
      `"${jane}",`,
      ` ${jane}. `,
    ]
    for (const character of invisible)
      for (const text of wrappers) {
        const middle = text.indexOf('@')
        for (const at of [0, middle, middle + 3, text.length])
          expect(normaliseEmail(text.slice(0, at) + character + text.slice(at)), JSON.stringify(text)).toBe(
            jane,
          )
      }
  })

  it('is an address or nothing, and stays the same the second time', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.emailAddress(),
          fc.string({ unit: 'binary' }),
          fc.emailAddress().map((text) => `x <${text}>`),
        ),
        (text) => {
          const email = normaliseEmail(text)
          if (email === undefined) return
          expect(email).toMatch(/^[^\s@"<>]+@[^\s@"<>]+\.[^\s@"<>.\d]+$/)
          expect(normaliseEmail(email)).toBe(email)
        },
      ),
    )
  })
})
