/** Knows the strict profile of the request (a JSON Schema) and tells which places do not fit it. */
import { readFileSync } from 'node:fs'
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { exampleFile } from '../../folder.js'
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

/** One warning a place; TikTok is not known to refuse any of them. */
export const warnSchema = (root: unknown): Finding[] => {
  if (fits(root)) return []
  const found = new Map<string, Finding>()
  for (const error of fits.errors ?? []) {
    const where = place(error)
    if (HOLLOW.has(error.keyword) || found.has(where)) continue
    const missing = error.keyword === 'required' || error.keyword === 'additionalProperties'
    found.set(where, finding('TT-W00', where, missing ? undefined : error.data, error.message))
  }
  return [...found.values()]
}
