// Tests the Express middleware of the package, which captures the click id on a shop's own server.
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call } from '../support/http.js'
import { type Program, startProgram } from '../support/program.js'
import { startTestSystem, type TestSystem } from '../support/test-system.js'

/** As in the documentation: imported by the name of the package, and used before the routes. */
const shop = `
  import express from 'express'
  import { captureClickId } from 'tagferry'

  const app = express()
  app.set('trust proxy', 'loopback')
  app.use(captureClickId({ allowed: (request) => !request.path.startsWith('/quiet') }))
  app.get('/{*path}', (request, response) => response.cookie('cart', 'empty').send('Welcome'))
  const server = app.listen(0, '127.0.0.1', () =>
    console.log('listening on http://127.0.0.1:' + server.address().port))`

let server: Program
let system: TestSystem
beforeAll(async () => {
  const root = fileURLToPath(new URL('../..', import.meta.url))
  server = await startProgram({ argv: ['--input-type=module', '--eval', shop], cwd: root })
  system = await startTestSystem()
})
afterAll(async () => {
  await server?.kill()
  await system?.stop()
})

const land = async (path: string, headers: Record<string, string> = {}) => {
  const answer = await call(server.origin, { path, headers: { host: 'shop.example', ...headers } })
  expect([answer.status, answer.text]).toEqual([200, 'Welcome'])
  return answer.headers['set-cookie'] as string[]
}

describe('a landing on a shop that has the middleware', () => {
  it('sets the cookie beside those of the shop, and the collector reads the click id from it', async () => {
    const cookies = await land('/shoes?ttclid=E.C.P.landed')
    expect(cookies).toEqual([
      expect.stringMatching(
        /^tagferry_ttclid=E\.C\.P\.landed~\d{13}; Max-Age=2592000; Domain=shop\.example; Path=\/; Secure; SameSite=Lax$/,
      ),
      'cart=empty; Path=/',
    ])
    const cookie = String(cookies[0]).split(';')[0] as string
    const { user } = await system.delivered({}, { headers: { cookie } })
    expect(user).toMatchObject({ ttclid: 'E.C.P.landed' })
  })

  it('takes the host from the proxy that Express trusts', async () => {
    const [cookie] = await land('/?ttclid=E.C.P.a', {
      host: '10.0.0.1',
      'x-forwarded-host': 'www.shop.example',
    })
    expect(cookie).toContain('Domain=shop.example;')
  })

  it('sets no cookie without a click id, nor where the shop does not allow it', async () => {
    expect(await land('/shoes')).toEqual(['cart=empty; Path=/'])
    expect(await land('/quiet?ttclid=E.C.P.quiet')).toEqual(['cart=empty; Path=/'])
  })
})
