/** Knows the strict profile of the request (a JSON Schema) and tells which places do not fit it. */
import { readFileSync } from 'node:fs'
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { exampleFile } from '../../folder.js'
import { listOf, shown } from '../json.js'
import { type Finding, finding } from '../rules.js'

/** These only repeat what a more exact error on the same place says. */
const HOLLOW = new Set(['if', 'oneOf', 'anyOf'])

const schema = JSON.parse(readFileSync(exampleFile('stand-in', 'tiktok-event-track.schema.json'), 'utf8'))
// `x-confidence` and its like are notes for people, which ajv's own strict mode does not know.
const ajv = new Ajv2020({ allErrors: true, strict: false, verbose: true })
addFormats.default(ajv)
const fits = ajv.compile(schema)

/** `/data/0/user/email` becomes `data[0].user.email`; the missing or surplus key is part of the place. */
const place = ({ instancePath, params }: ErrorObject): string => {
  const key = params.missingProperty ?? params.additionalProperty
  const parts = instancePath.split('/').slice(1)
  const steps = key === undefined ? parts : [...parts, String(key)]
  return (
    steps.map((step, i) => (/^\d+$/.test(step) ? `[${step}]` : i > 0 ? `.${step}` : step)).join('') || 'body'
  )
}

/** What a pattern means. */
const FORMS: Readonly<Record<string, string>> = {
  event_source_id: 'a pixel code: C or D, then capitals and digits',
  city: 'lower-case letters, without spaces',
  state: 'two lower-case letters',
  country: 'two lower-case letters',
  ttclid: 'a click id: letters, digits, dots, dashes; not the placeholder of an ad',
  ttp: 'letters, digits, dots, dashes',
  locale: 'a language tag such as en-US',
}

/** Words for what the schema's own would leave to its readers. */
const WORDS: Readonly<Record<string, (params: Record<string, unknown>) => string>> = {
  const: ({ allowedValue }) => shown(allowedValue),
  enum: ({ allowedValues }) => listOf(allowedValues).join(' or '),
  type: ({ type }) => (/^[aeiou]/.test(String(type)) ? `an ${type}` : `a ${type}`),
  required: ({ missingProperty }) => String(missingProperty),
  dependentRequired: ({ missingProperty, property }) => `${missingProperty} beside ${property}`,
  minLength: () => 'no empty text',
  minItems: () => 'at least one entry',
  minProperties: () => 'at least one key',
  uniqueItems: () => 'no entry twice',
  minimum: ({ limit }) => `at least ${limit}`,
}

const expectedOf = ({ keyword, params, message }: ErrorObject, where: string): string | undefined =>
  WORDS[keyword]?.(params) ?? FORMS[where.slice(where.lastIndexOf('.') + 1)] ?? message

const isMissing = ({ keyword }: ErrorObject) => keyword === 'required' || keyword === 'dependentRequired'

/** One warning a place; TikTok is not known to refuse any of them. */
export const warnSchema = (root: unknown): Finding[] => {
  if (fits(root)) return []
  const found = new Map<string, Finding>()
  const errors = (fits.errors ?? []).filter(({ keyword }) => !HOLLOW.has(keyword))
  // Of a list where a text would do too, what is wrong with the list says more than its type.
  for (const error of errors.sort((a, b) => Number(a.keyword === 'type') - Number(b.keyword === 'type'))) {
    const where = place(error)
    if (found.has(where)) continue
    const told =
      error.keyword === 'additionalProperties'
        ? finding('TT-W14', where, 'an unknown key')
        : finding('TT-W00', where, isMissing(error) ? undefined : error.data, expectedOf(error, where))
    found.set(where, told)
  }
  return [...found.values()]
}
