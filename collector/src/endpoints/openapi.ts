/** Serves `/openapi.json`: the API, described from the schemas that validate requests. */
import type { Express } from 'express'
import { z } from 'zod'
import { clickIds } from '../click-ids.js'
import { skipReasons } from '../event.js'
import { exactBodies } from '../intake/body-schema.js'

type Json = Record<string, unknown>

const text = { type: 'string' }
const count = { type: 'integer', minimum: 0 }
const object = (properties: Json, required = Object.keys(properties)): Json => ({
  type: 'object',
  properties,
  required,
})
const list = (items: Json, more: Json = {}): Json => ({ type: 'array', items, ...more })
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })
const content = (schema: Json, ...types: string[]) =>
  Object.fromEntries((types.length > 0 ? types : ['application/json']).map((type) => [type, { schema }]))

/**
 * JSON Schema draft 2020-12, which OpenAPI 3.1 uses. Leaves out the repairs of docs/events.md: senders should not
 * depend on them.
 */
const bodyOf = (schema: z.ZodType): Json => {
  const { $schema: _draft, ...rest } = z.toJSONSchema(schema, { io: 'input' })
  return rest
}

const refusalDescriptions: Record<number, string> = {
  400: 'Not valid, with the path of each problem; nothing was stored',
  401: 'No API key',
  403: 'The API key of another site',
  408: 'The body came too slowly',
  413: 'Too large',
  415: 'Another media type',
  429: 'Too many requests from this address',
  503: 'The events could not be stored now',
}
const retryHeaders = { 'Retry-After': { description: 'Seconds to wait', schema: count } }
const refusal = (status: number): Json => ({
  description: refusalDescriptions[status],
  content: content(ref('Refusal')),
  ...((status === 429 || status === 503) && { headers: retryHeaders }),
})
const refusals = (...statuses: number[]) =>
  Object.fromEntries(statuses.map((status) => [status, refusal(status)]))

const accepted = {
  202: { description: 'Every event in `ids` is on disk', content: content(ref('Accepted')) },
}
const script = { 200: { description: 'The script', content: content(text, 'text/javascript') } }

const paths: Json = {
  '/e': {
    post: {
      summary: 'Events from a page of the site; the Origin or Referer must be one of its hosts',
      description:
        'A field that is not valid is left out with a warning, and the event is kept. Refused is what leaves no event.',
      operationId: 'collect',
      requestBody: {
        required: true,
        content: content(ref('BrowserEvents'), 'text/plain', 'application/json'),
      },
      responses: { ...accepted, ...refusals(400, 408, 413, 415, 429, 503) },
    },
  },
  '/v1/events': {
    post: {
      summary: "Events from the site's server",
      description:
        'A field that is not valid refuses the request with all problems; with on_invalid it is left out instead.',
      operationId: 'sendEvents',
      security: [{ apiKey: [] }],
      requestBody: { required: true, content: content(ref('ServerEvents')) },
      responses: { ...accepted, ...refusals(400, 401, 403, 408, 413, 415, 503) },
    },
  },
  '/livez': {
    get: {
      summary: 'Whether the process runs',
      responses: { 200: { description: 'It does', content: content(text, 'text/plain') } },
    },
  },
  '/readyz': {
    get: {
      summary: 'Whether events can be stored and sent',
      responses: {
        200: { description: 'They can', content: content(ref('Ready')) },
        503: { description: 'They cannot', content: content(ref('Ready')) },
      },
    },
  },
  '/t.js': { get: { summary: 'The script for pages', responses: script } },
  '/t.core.js': { get: { summary: 'The script without extras', responses: script } },
}

const answerSchemas: Json = {
  Accepted: object(
    {
      accepted: count,
      duplicates: count,
      skipped: list(object({ event_id: text, reason: { type: 'string', enum: skipReasons } })),
      ids: list(text, { description: 'Accepted events and duplicates, as they are stored' }),
      warnings: list(
        object({ event: { ...count, description: 'Position in the request' }, path: text, warning: text }, [
          'path',
          'warning',
        ]),
        { description: 'What was left out or changed; absent when empty', maxItems: 50 },
      ),
      warnings_omitted: { ...count, description: 'Number of warnings after the first 50' },
    },
    ['accepted', 'duplicates', 'skipped', 'ids'],
  ),
  Refusal: object(
    {
      error: text,
      problems: list(object({ path: text, problem: text }), { maxItems: 100 }),
      problems_omitted: { ...count, description: 'Number of problems after the first 100' },
    },
    ['error'],
  ),
  Ready: object({ ready: { type: 'boolean' }, reason: text, region: { type: 'object' } }, ['ready']),
}

function createDocument(): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'tagferry collector',
      version: '1',
      description: 'Takes conversion events, keeps them, and relays them to TikTok.',
    },
    paths,
    components: {
      securitySchemes: { apiKey: { type: 'http', scheme: 'bearer' } },
      schemas: {
        BrowserEvents: bodyOf(exactBodies(clickIds).browser),
        ServerEvents: bodyOf(exactBodies(clickIds).server),
        ...answerSchemas,
      },
    },
  }
}

export function addOpenApiRoute(app: Express): void {
  let document: string | undefined
  app.get('/openapi.json', (_request, response) => {
    document ??= JSON.stringify(createDocument())
    response.set({ 'Cache-Control': 'public, max-age=300', 'X-Content-Type-Options': 'nosniff' })
    response.type('json').send(document)
  })
}
