/** Validates the request against a strict JSON Schema, and warns about every path that does not fit. */
import { readFileSync } from 'node:fs'
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { standInFile } from '../files.js'
import { arrayOrEmpty, preview } from '../json.js'
import { createFinding, type Finding } from '../rules.js'

/** Errors of these keywords only repeat a more exact error on the same path. */
const REDUNDANT_KEYWORDS = new Set(['if', 'oneOf', 'anyOf'])

const schema = JSON.parse(readFileSync(standInFile('tiktok-event-track.schema.json'), 'utf8'))
// Strict mode of ajv rejects unknown keywords, such as the annotation `x-confidence`.
const ajv = new Ajv2020({ allErrors: true, strict: false, verbose: true })
addFormats.default(ajv)
const isValid = ajv.compile(schema)

/** `/data/0/user/email` becomes `data[0].user.email`. A missing or unknown key is part of the path. */
const pathOf = ({ instancePath, params }: ErrorObject): string => {
  const key = params.missingProperty ?? params.additionalProperty
  const parts = instancePath.split('/').slice(1)
  const steps = key === undefined ? parts : [...parts, String(key)]
  return (
    steps.map((step, i) => (/^\d+$/.test(step) ? `[${step}]` : i > 0 ? `.${step}` : step)).join('') || 'body'
  )
}

/** Descriptions of patterns, by key. */
const FORMATS: Readonly<Record<string, string>> = {
  event_source_id: 'a pixel code: C or D, then capitals and digits',
  city: 'lower-case letters, without spaces',
  state: 'two lower-case letters',
  country: 'two lower-case letters',
  ttclid: 'a click id: letters, digits, dots, dashes; not the placeholder of an ad',
  ttp: 'letters, digits, dots, dashes',
  locale: 'a language tag such as en-US',
}

/** Descriptions of what a keyword expects. */
const EXPECTATIONS: Readonly<Record<string, (params: Record<string, unknown>) => string>> = {
  const: ({ allowedValue }) => preview(allowedValue),
  enum: ({ allowedValues }) => arrayOrEmpty(allowedValues).join(' or '),
  type: ({ type }) => (/^[aeiou]/.test(String(type)) ? `an ${type}` : `a ${type}`),
  required: ({ missingProperty }) => String(missingProperty),
  dependentRequired: ({ missingProperty, property }) => `${missingProperty} beside ${property}`,
  minLength: () => 'no empty text',
  minItems: () => 'at least one entry',
  minProperties: () => 'at least one key',
  uniqueItems: () => 'no entry twice',
  minimum: ({ limit }) => `at least ${limit}`,
}

const expectation = ({ keyword, params, message }: ErrorObject, where: string): string | undefined =>
  EXPECTATIONS[keyword]?.(params) ?? FORMATS[where.slice(where.lastIndexOf('.') + 1)] ?? message

const isMissing = ({ keyword }: ErrorObject) => keyword === 'required' || keyword === 'dependentRequired'

/** At most one warning for each path. TikTok is not known to refuse any of these. */
export const warnSchema = (root: unknown): Finding[] => {
  if (isValid(root)) return []
  const found = new Map<string, Finding>()
  const errors = (isValid.errors ?? []).filter(({ keyword }) => !REDUNDANT_KEYWORDS.has(keyword))
  // Where a list or a text is allowed, an error inside the list explains more than an error about the type.
  for (const error of errors.sort((a, b) => Number(a.keyword === 'type') - Number(b.keyword === 'type'))) {
    const where = pathOf(error)
    if (found.has(where)) continue
    const warning =
      error.keyword === 'additionalProperties'
        ? createFinding('TT-W14', where, 'an unknown key')
        : createFinding('TT-W00', where, isMissing(error) ? undefined : error.data, expectation(error, where))
    found.set(where, warning)
  }
  return [...found.values()]
}
