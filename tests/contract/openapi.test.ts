// Tests that /openapi.json is valid and matches the requests and answers of the collector.
import { readFileSync } from 'node:fs'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apiKeys, purchase, startTestSystem, type TestSystem } from '../support/test-system.js'

type Node = Record<string, unknown>
interface Described {
  openapi: string
  paths: Record<string, Record<string, { responses: Record<string, { content: Record<string, unknown> }> }>>
  components: { schemas: Record<string, Node> }
}

const events = readFileSync(new URL('../../docs/events.md', import.meta.url), 'utf8')
const example = () => JSON.parse(/-d '(\{[\s\S]+?\})'\n/.exec(events)?.[1] ?? '')

let system: TestSystem
let described: Described
const ajv = new Ajv2020({ strict: true, allErrors: true, validateFormats: false })
const schema = (name: string): ValidateFunction => {
  const found = ajv.getSchema(`doc#/components/schemas/${name}`)
  if (!found) throw new Error(`There is no schema ${name}.`)
  return found
}

beforeAll(async () => {
  system = await startTestSystem()
  described = (await system.call({ path: '/openapi.json' })).json as Described
  // Keys of OpenAPI, which JSON Schema does not know.
  ajv.addVocabulary(['openapi', 'info', 'paths', 'components'])
  ajv.addSchema({ ...described, $id: 'doc' } as never)
})
afterAll(() => system?.stop())

describe('/openapi.json', () => {
  it('is OpenAPI 3.1 with valid schemas, and every reference has a target', async () => {
    expect(described.openapi).toMatch(/^3\.1\./)
    for (const [name, definition] of Object.entries(described.components.schemas))
      expect(ajv.validateSchema(definition), `${name}: ${ajv.errorsText()}`).toBe(true)
    const text = JSON.stringify(described)
    const refs = [...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name ?? '')
    expect(refs.length).toBeGreaterThan(10)
    for (const name of refs) expect(described.components.schemas).toHaveProperty(name)
    expect(text).not.toContain('"$defs"')
  })

  it('lists the routes of the collector', async () => {
    expect(Object.keys(described.paths).sort()).toEqual([
      '/e',
      '/livez',
      '/readyz',
      '/t.core.js',
      '/t.js',
      '/v1/events',
    ])
    for (const [path, methods] of Object.entries(described.paths)) {
      if (!methods.get) continue
      const { status, headers } = await system.call({ path })
      const type = String(headers['content-type']).split(';')[0] ?? ''
      expect(methods.get.responses[status]?.content, `${path} ${status}`).toHaveProperty([type])
    }
  })

  it('accepts the example of docs/events.md and the answer of the collector to it', async () => {
    const server = schema('ServerEvents')
    expect(server(example()), ajv.errorsText(server.errors)).toBe(true)
    const { status, json } = await system.postAsServer(example())
    expect(status).toBe(202)
    const accepted = schema('Accepted')
    expect(accepted(json), ajv.errorsText(accepted.errors)).toBe(true)
    const skipped = await system.post(purchase({ privacy: { consent: 'denied' } }))
    expect(skipped.text).toContain('"consent"')
    expect(accepted(skipped.json), ajv.errorsText(accepted.errors)).toBe(true)
    expect(schema('Ready')((await system.call({ path: '/readyz' })).json)).toBe(true)
  })

  const invalid: [string, (body: ReturnType<typeof example>) => unknown][] = [
    ['no site', ({ events }) => ({ events })],
    ['no events', ({ site }) => ({ site, events: [] })],
    ['an unknown key', (body) => ({ ...body, surprise: 1 })],
    ['an unknown key of an event', (body) => ({ ...body, events: [{ event: 'Lead', surprise: 1 }] })],
    ['a name that is too long', (body) => ({ ...body, events: [{ event: 'x'.repeat(101) }] })],
    [
      'a value with separators',
      (body) => ({ ...body, events: [{ event: 'A', properties: { value: '1,234.50' } }] }),
    ],
    ['a negative time', (body) => ({ ...body, events: [{ event: 'A', event_time: -1 }] })],
    ['an unknown consent', (body) => ({ ...body, events: [{ event: 'A', privacy: { consent: 'yes' } }] })],
    [
      'a flag that is not a boolean',
      (body) => ({ ...body, events: [{ event: 'A', privacy: { gpc: '1' } }] }),
    ],
    ['1,001 events', (body) => ({ ...body, events: Array.from({ length: 1_001 }, () => ({ event: 'A' })) })],
  ]
  it.each(invalid)('refuses %s, as the collector does', async (_what, change) => {
    const body = change(example())
    expect(schema('ServerEvents')(body)).toBe(false)
    const answer = await system.postAsServer(body)
    expect(answer.status).toBe(400)
    expect(schema('Refusal')(answer.json)).toBe(true)
  })

  it('allows only servers to name the visitor', async () => {
    const body = { site: 'shop.example', events: [{ event: 'Lead', user: { ip: '198.51.100.7' } }] }
    expect(schema('ServerEvents')(body)).toBe(true)
    expect(schema('BrowserEvents')(body)).toBe(false)
    const { status, json } = await system.post(body)
    expect(status).toBe(202)
    expect(json).toMatchObject({ warnings: [{ event: 0, path: 'user.ip' }] })
    expect(schema('Accepted')(json)).toBe(true)
    expect(JSON.stringify(described)).not.toContain(apiKeys[0]?.key)
  })
})
