import { describe, expect, it } from 'vitest'
import { clickIds } from '../click-ids.js'
import { clickIdIn, validId } from './click-id.js'
import { parseSha256, sha256 } from './hash.js'
import { hashUser } from './hashed-event.js'
import { isNobody, isPlaceholder, nobodyTexts, placeholderTexts } from './placeholder.js'
import { redactProperties } from './redact-properties.js'

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: templates that were not rendered
const placeholders = [
  ...['undefined', 'null', 'NULL', 'NaN', 'nan', 'None', 'nil', 'n/a', 'N/A', '(not set)', ' undefined '],
  ...['[object Object]', '{{user.id}}', 'id-{{ user.id }}', '{% user %}', '${user.id}', '%%USER_ID%%'],
  ...['<%= user.id %>', '__CLICKID__', '_CLICKID_', '__CAMPAIGN_NAME__', '__name__', '#{id}', '{id}', '%id%'],
  ...['Purchase.undefined', 'Purchase.null', 'Purchase-NaN', 'Purchase.[object Object]', '+undefined'],
]
const ids = [
  ...[
    'u-42',
    'Nancy',
    'Jane',
    'n',
    'nu',
    'nullable',
    'undefined-brand',
    'Nil Armstrong',
    'E.C.P.abc',
    '100%',
  ],
  ...['50% off {sale', '__proto', 'a__b__c', '$5', '%', '{', '{{', '{%', '%%', '${', 'shirt-nulled', ''],
  ...['0001', '10', '-1-2', '1.0', 'None of these', 'Purchase.1001', 'annull', 'finite'],
]

// biome-ignore-end lint/suspicious/noTemplateCurlyInString: see above

describe('a placeholder', () => {
  it.each(placeholders)('is %j', (text) => expect(isPlaceholder(text)).toBe(true))
  it.each(ids)('is not %j', (text) => expect(isPlaceholder(text)).toBe(false))
  it.each(['0', ' 0', '00000', '-1', '0.0', '00000000-0000-0000-0000-000000000000', '-', '+0', '+'])(
    'for a person is %j',
    (text) => {
      expect(isPlaceholder(text)).toBe(false)
      expect(isNobody(text)).toBe(true)
    },
  )
  it.each(ids.filter((text) => text !== ''))('for a person is not %j', (text) =>
    expect(isNobody(text)).toBe(false),
  )

  it('is no id, no name, no click id and no order', () => {
    for (const text of [...placeholders, '0', '-1', '0000']) {
      const warnings: string[] = []
      const user = hashUser(
        {
          external_id: [text, 'u-42'],
          email: text,
          phone: text,
          first_name: text,
          zip_code: text,
          city: text,
        },
        (rule, path) => warnings.push(`${rule} ${path}`),
        { country: 'US' },
      )
      expect(user, text).toEqual({ external_id: sha256('u-42') })
      expect(warnings).toEqual(
        ['email', 'phone', 'external_id[0]', 'first_name', 'zip_code', 'city'].map(
          (field) => `placeholder user.${field}`,
        ),
      )
      for (const row of clickIds) expect(validId(row, text), text).toBeUndefined()
    }
  })

  it('does not hide a click id behind it', () => {
    expect(clickIdIn(clickIds[0], 'https://shop.example/?ttclid=undefined&ttclid=E.C.P.abc')).toBe(
      'E.C.P.abc',
    )
    expect(validId(clickIds[0], 'E.C.P.abc~1795400000000')).toBe('E.C.P.abc')
    expect(validId(clickIds[0], 'undefined~1795400000000')).toBeUndefined()
  })

  it('leaves the ids of orders and products, with a warning', () => {
    const warnings: string[] = []
    const sent = {
      order_id: 'undefined',
      content_ids: ['null', '0'],
      contents: [{ content_id: '{{id}}', price: 1 }],
    }
    expect(redactProperties(sent, (rule, path) => warnings.push(`${rule} ${path}`))).toEqual({
      content_ids: ['0'],
      contents: [{ price: 1 }],
    })
    expect(warnings).toEqual([
      'placeholder properties.order_id',
      'placeholder properties.content_ids[0]',
      'placeholder properties.contents[0].content_id',
    ])
  })
})

describe('the hash of a placeholder', () => {
  it.each(['', '0', '-1', 'undefined', 'null', 'NULL', 'NaN', 'nan', 'None', 'n/a', '[object Object]', '+'])(
    'is refused: of %j',
    (text) => {
      expect(parseSha256(sha256(text))).toBeNull()
      expect(parseSha256(` ${sha256(text).toUpperCase()}\u200b`)).toBeNull()
    },
  )

  it('of which the plain text is refused as well', () => {
    for (const text of [...placeholderTexts, ...nobodyTexts]) expect(isNobody(text), text).toBe(true)
  })

  it('does not look like another hash', () => {
    expect(parseSha256(sha256('jane@example.com').toUpperCase())).toBe(sha256('jane@example.com'))
    expect(parseSha256('0'.repeat(64))).toBeNull()
    expect(parseSha256('0'.repeat(63))).toBeUndefined()
  })
})
