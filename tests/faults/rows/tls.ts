// Row of untrusted TLS: the token must not be sent, and the events wait until the connection can be trusted.
import { constants } from 'node:crypto'
import { createSecureContext, createServer, type SecureContextOptions, type TLSSocket } from 'node:tls'
import { copyCollector } from '../../chaos/build-copy.js'
import { type Check, exactly, moreThan } from '../../chaos/check.js'
import { waitUntilDrained } from '../../chaos/collector.js'
import {
  type ConnectionHandler,
  type ScriptedProxy,
  startScriptedProxy,
} from '../../support/scripted-proxy.js'
import { waitFor } from '../../support/wait.js'
import { type Certificates, type KeyPair, makeCertificates } from '../certificates.js'
import type { Context, Row } from '../row.js'
import { attemptOutcomes, runScenario, type Scenario } from '../scenario.js'
import { tlsHandler } from '../tls-handler.js'

/** Connections that must not be trusted. */
const untrusted = ({
  good,
  expired,
  selfSigned,
  wrongHost,
}: Certificates): Record<string, ConnectionHandler> => ({
  expired: tlsHandler(expired),
  'self-signed': tlsHandler(selfSigned),
  'wrong host': tlsHandler(wrongHost),
  'TLS 1.0': tlsHandler(good, { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' }),
  'reset handshake': (socket) => socket.once('data', () => socket.resetAndDestroy()),
  'stalled handshake': (socket) => socket.resume(),
  'no TLS at all': (socket, pass) => {
    pass(socket)
  },
})

/** `setKeyCert` is not in the types of Node 20. */
type Changeable = TLSSocket & { setKeyCert(context: unknown): void }

/** Presents one certificate at first, and another once the request has begun. @param changed gets the result */
function changingHandler(
  first: KeyPair,
  then: KeyPair,
  changed: (error: Error | null) => void,
): ConnectionHandler {
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

interface Setup {
  proxy: ScriptedProxy
  certificates: Certificates
  env: Record<string, string>
}

async function run(context: Context): Promise<Check[]> {
  const certificates = makeCertificates('localhost')
  const proxy = await startScriptedProxy()
  const env = {
    TAGFERRY_TIKTOK_URL: `https://localhost:${proxy.port}`,
    NODE_EXTRA_CA_CERTS: certificates.authority,
  }
  const setup: Setup = { proxy, certificates, env }
  const handlers = Object.entries(untrusted(certificates))
  const { found, checks } = await runScenario({ store: context.store, env }, async (scenario) => {
    proxy.target = scenario.sink.origin
    const results: Check[] = []
    for (const [name, handler] of handlers)
      results.push(...(await tryUntrusted(setup, scenario, name, handler)))
    results.push(...(await tryChangedCertificate(setup, scenario)))
    const warnings = scenario.collector.log().match(/not delivered/g)?.length ?? 0
    return [...results, moreThan('warnings', warnings, handlers.length)]
  })
  const controls = await withoutSafeguards(setup, context)
  await proxy.close()
  return [...checks, ...found, ...controls]
}

async function tryUntrusted(
  { proxy, certificates }: Setup,
  { sink, data, sendEvents }: Scenario,
  name: string,
  handler: ConnectionHandler,
): Promise<Check[]> {
  const [startedAt, connections, requests] = [Date.now(), proxy.connections, sink.batches.length]
  proxy.cut()
  proxy.handler = handler
  await sendEvents(2)
  await waitFor(name, async () => (await attemptOutcomes(data, startedAt)).not_sent !== undefined)
  await sendEvents(2)
  const outcomes = await attemptOutcomes(data, startedAt)
  const leaked = sink.batches.length - requests
  proxy.handler = tlsHandler(certificates.good)
  const { left } = await waitUntilDrained(data)
  return [
    moreThan(`${name}: connections`, proxy.connections - connections, 0),
    exactly(`${name}: attempts called other than not sent`, sum(outcomes) - (outcomes.not_sent ?? 0), 0),
    exactly(`${name}: undelivered afterwards`, left, 0),
    exactly(`${name}: requests`, leaked, 0),
  ]
}

async function tryChangedCertificate(
  { proxy, certificates: { good, wrongHost } }: Setup,
  { data, sendEvents }: Scenario,
): Promise<Check[]> {
  const changes = { tried: 0, accepted: 0 }
  proxy.cut()
  proxy.handler = changingHandler(good, wrongHost, (error) => {
    changes.tried++
    if (!error) changes.accepted++
  })
  await sendEvents(2)
  await waitFor('the change of the certificate', () => changes.tried > 0)
  proxy.handler = tlsHandler(good)
  const { left } = await waitUntilDrained(data)
  return [
    exactly('certificates changed during a connection', changes.accepted, 0),
    exactly('undelivered after such a change', left, 0),
  ]
}

/** Without its two safeguards the collector sends its token to any server. */
async function withoutSafeguards(
  { proxy, certificates: { good, expired, wrongHost }, env }: Setup,
  { store }: Context,
): Promise<Check[]> {
  let changed = 0
  const unverified = { ...env, NODE_TLS_REJECT_UNAUTHORIZED: '0' }
  const { found: requests } = await runScenario(
    { store, env: unverified, main: copyCollector('noRenegotiation') },
    async ({ sink, sendEvents }) => {
      proxy.target = sink.origin
      proxy.handler = tlsHandler(expired)
      await sendEvents(1)
      await waitFor('a delivery', () => sink.batches.length > 0)
      proxy.cut()
      proxy.handler = changingHandler(good, wrongHost, (error) => {
        if (!error) changed++
      })
      await sendEvents(1)
      await waitFor('a changed certificate', () => changed > 0, 20_000).catch(() => {})
      return sink.batches.length
    },
  )
  return [
    moreThan('control: requests to an expired certificate without verification', requests, 0),
    moreThan('control: certificates changed during a connection if nothing refuses it', changed, 0),
  ]
}

const sum = (counts: Record<string, number>) => Object.values(counts).reduce((all, count) => all + count, 0)

export const row10: Row = { row: 10, name: 'TLS', run }
