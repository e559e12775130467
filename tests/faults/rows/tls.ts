// Knows the row about TLS that cannot be trusted: the token must not leave, and the events wait for better times.
import { constants } from 'node:crypto'
import { createSecureContext, createServer, type SecureContextOptions, type TLSSocket } from 'node:tls'
import { copyCollector } from '../../chaos/build-copy.js'
import { type Check, exactly, moreThan } from '../../chaos/check.js'
import { waitUntilDrained } from '../../chaos/collector.js'
import { sleep, waitFor } from '../../support/wait.js'
import { type KeyPair, makeCertificates } from '../certificates.js'
import type { Context, Row } from '../row.js'
import { attemptOutcomes, eventually, runScenario } from '../scenario.js'
import { type ConnectionHandler, startScriptedProxy } from '../scripted-proxy.js'
import { tlsHandler } from '../tls-handler.js'

/** Not in the types of Node 20 yet. */
type Changeable = TLSSocket & { setKeyCert(context: unknown): void }

/** Shows a good certificate first, and another one once the request has begun. */
function changing(first: KeyPair, then: KeyPair, changed: (error: Error | null) => void): ConnectionHandler {
  const options: SecureContextOptions = {
    maxVersion: 'TLSv1.2',
    secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION,
  }
  const other = createSecureContext({ ...then, ...options })
  const server = createServer({ ...first, ...options }, (socket) => {
    socket.on('error', changed)
    socket.once('data', () => {
      ;(socket as Changeable).setKeyCert(other)
      socket.renegotiate({}, (error) => {
        changed(error)
        socket.destroy()
      })
    })
  })
  return (socket) => server.emit('connection', socket)
}

async function distrust(context: Context): Promise<Check[]> {
  const certificates = makeCertificates('localhost')
  const { good, expired, selfSigned, wrongHost } = certificates
  const bad: Record<string, ConnectionHandler> = {
    expired: tlsHandler(expired),
    'self-signed': tlsHandler(selfSigned),
    'wrong host': tlsHandler(wrongHost),
    'TLS 1.0': tlsHandler(good, { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' }),
    'reset handshake': (socket) => socket.once('data', () => socket.resetAndDestroy()),
    'stalled handshake': (socket) => socket.resume(),
    'no TLS at all': (socket, pass) => {
      pass(socket)
    },
  }
  const proxy = await startScriptedProxy()
  const env = {
    TAGFERRY_TIKTOK_URL: `https://localhost:${proxy.port}`,
    NODE_EXTRA_CA_CERTS: certificates.authority,
  }
  const { found, checks } = await runScenario(
    { store: context.store, env },
    async ({ sink, data, collector, offer }) => {
      proxy.target = sink.origin
      const results: Check[] = []
      for (const [name, way] of Object.entries(bad)) {
        const [began, before, requests] = [Date.now(), proxy.connections, sink.batches.length]
        proxy.cut()
        proxy.handler = way
        await offer(2)
        await eventually(name, async () => (await attemptOutcomes(data, began)).not_sent !== undefined)
        await offer(2)
        const all = await attemptOutcomes(data, began)
        const leaked = sink.batches.length - requests
        proxy.handler = tlsHandler(good)
        const { left } = await waitUntilDrained(data, 60_000)
        results.push(
          moreThan(`${name}: connections`, proxy.connections - before, 0),
          exactly(`${name}: attempts called other than not sent`, sum(all) - (all.not_sent ?? 0), 0),
          exactly(`${name}: undelivered afterwards`, left, 0),
          exactly(`${name}: requests`, leaked, 0),
        )
      }
      const changes = { tried: 0, taken: 0 }
      proxy.cut()
      proxy.handler = changing(good, wrongHost, (error) => {
        changes.tried++
        if (!error) changes.taken++
      })
      await offer(2)
      await waitFor('the change of the certificate', () => changes.tried > 0, 20_000)
      proxy.handler = tlsHandler(good)
      const { left } = await waitUntilDrained(data, 60_000)
      const warnings = collector.log().match(/not delivered/g)?.length ?? 0
      return [
        ...results,
        exactly('certificates changed in the middle', changes.taken, 0),
        exactly('undelivered after such a change', left, 0),
        moreThan('warnings', warnings, Object.keys(bad).length),
      ]
    },
  )
  const controls = await careless(context, tlsHandler(expired), changing)
  await proxy.close()
  return [...checks, ...found, ...controls]

  /** Without its two defences the collector hands its token to anybody. */
  async function careless(
    { store }: Context,
    untrusted: ConnectionHandler,
    change: typeof changing,
  ): Promise<Check[]> {
    let changed = 0
    const all = { ...env, NODE_TLS_REJECT_UNAUTHORIZED: '0' }
    const { found: taken } = await runScenario(
      { store, env: all, main: copyCollector('renegotiation') },
      async ({ sink, offer }) => {
        proxy.target = sink.origin
        proxy.handler = untrusted
        await offer(1)
        await waitFor('a delivery', () => sink.batches.length > 0)
        proxy.cut()
        proxy.handler = change(good, wrongHost, (error) => {
          if (!error) changed++
        })
        await offer(1)
        await sleep(2_000)
        return sink.batches.length
      },
    )
    return [
      moreThan('control: requests to an expired certificate when nothing is verified', taken, 0),
      moreThan('control: certificates changed in the middle when nothing refuses it', changed, 0),
    ]
  }
}

const sum = (counts: Record<string, number>) => Object.values(counts).reduce((all, count) => all + count, 0)

export const row10: Row = { row: 10, name: 'TLS', run: distrust }
