import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express, { type Express } from 'express'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createListener } from './server.js'

/** An app that uses what Express adds to requests and responses. */
function createSampleApp(): Express {
  const app = express()
  app.set('trust proxy', 'loopback')
  app.get(
    '/json',
    (request, response) => void response.json({ ip: request.ip, host: request.hostname, q: request.query }),
  )
  app.get('/redirect', (_request, response) => response.redirect('/json'))
  app.get('/cookie', (_request, response) => void response.cookie('a', 'b', { httpOnly: true }).send('set'))
  app.get('/fresh', (_request, response) => void response.send('same text'))
  app.get(
    '/type',
    (request, response) => void response.send(request.acceptsEncodings('br', 'gzip') || 'none'),
  )
  app.get('/throw', () => {
    throw Object.assign(new Error('teapot'), { status: 418, expose: true })
  })
  app.post('/body', express.json(), (request, response) => void response.json(request.body))
  const inner = express()
  inner.get('/', (request, response) => void response.send(`${request.baseUrl} ${request.app === inner}`))
  app.use('/inner', inner)
  app.use(
    '/router',
    express.Router().get('/:id', (request, response) => void response.send(request.params.id)),
  )
  return app
}

describe('the listener', () => {
  const servers: Server[] = []
  const urls: string[] = []
  beforeAll(async () => {
    for (const server of [createServer(createSampleApp()), createListener(createSampleApp())]) {
      servers.push(server)
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      urls.push(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    }
  })
  afterAll(() =>
    Promise.all(
      servers.map((server) => new Promise((resolve) => server.close(resolve).closeAllConnections())),
    ),
  )

  it.each([
    ['GET', '/json?a=1', { 'x-forwarded-for': '198.51.100.7', 'x-forwarded-host': 'shop.example' }],
    ['GET', '/redirect', {}],
    ['GET', '/cookie', {}],
    ['GET', '/fresh', {}],
    ['GET', '/fresh', { 'if-none-match': 'W/"9-GZL2MdJf/Sn7wHJBtzQwvDFdoh8"' }],
    ['HEAD', '/json', {}],
    ['GET', '/type', { 'accept-encoding': 'gzip' }],
    ['GET', '/throw', {}],
    ['POST', '/body', { 'content-type': 'application/json' }],
    ['GET', '/inner', {}],
    ['GET', '/router/42', {}],
    ['GET', '/nothing', {}],
  ])('answers %s %s with %j as a plain Express server does', async (method, path, headers) => {
    const [plain, preset] = await Promise.all(
      urls.map(async (url) => {
        const body = method === 'POST' ? '{"a":1}' : null
        const response = await fetch(url + path, { method, headers, body, redirect: 'manual' })
        const { date: _date, 'keep-alive': _keep, ...rest } = Object.fromEntries(response.headers)
        return {
          status: response.status,
          headers: rest,
          body: (await response.text()).replace(/at .*/gs, ''),
        }
      }),
    )
    expect(preset).toEqual(plain)
  })

  it('passes objects to Express that have the prototypes already', async () => {
    const app = express()
    let isChanged = true
    app.use((request, response) => {
      isChanged =
        Object.getPrototypeOf(request) !== app.request || Object.getPrototypeOf(response) !== app.response
      response.end()
    })
    const server = createListener(app)
    const preset = { request: false, response: false }
    server.prependListener('request', (request, response) => {
      preset.request = Object.getPrototypeOf(request) === app.request
      preset.response = Object.getPrototypeOf(response) === app.response
    })
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    expect(preset).toEqual({ request: true, response: true })
    expect(isChanged).toBe(false)
  })
})
