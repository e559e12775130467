// Scenario of a host name that does not resolve. Its namespace has an /etc/resolv.conf with a name server of its own.
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { atMost, type Check, exactly, moreThan } from '../../chaos/check.js'
import { waitUntilDrained } from '../../chaos/collector.js'
import { startScriptedProxy } from '../../support/scripted-proxy.js'
import { temporaryDir } from '../../support/temporary.js'
import { waitFor } from '../../support/wait.js'
import { makeCertificates } from '../certificates.js'
import { type DnsAnswer, startNameServer } from '../name-server.js'
import { printChecks } from '../network-namespace.js'
import type { Context } from '../row.js'
import { attemptOutcomes, runScenario } from '../scenario.js'
import { tlsHandler } from '../tls-handler.js'

const host = 'events.example'
const faults: Record<string, DnsAnswer> = {
  NXDOMAIN: 'NXDOMAIN',
  SERVFAIL: 'SERVFAIL',
  'no answer': 'silence',
  'a sinkhole': { address: '127.0.0.9' },
}

await printChecks(async ({ store }: Context): Promise<Check[]> => {
  const file = join(temporaryDir(), 'resolv.conf')
  writeFileSync(file, 'nameserver 127.0.0.1\noptions timeout:2 attempts:1\n')
  const { status } = spawnSync('mount', ['--bind', file, '/etc/resolv.conf'])
  if (status !== 0) throw new Error('/etc/resolv.conf cannot be replaced')
  const certificates = makeCertificates(host)
  const names = await startNameServer('127.0.0.1')
  const proxy = await startScriptedProxy()
  proxy.handler = tlsHandler(certificates.good)
  const env = {
    TAGFERRY_TIKTOK_URL: `https://${host}:${proxy.port}`,
    NODE_EXTRA_CA_CERTS: certificates.authority,
  }
  const { found, checks } = await runScenario({ store, env }, async ({ sink, data, sendEvents }) => {
    proxy.target = sink.origin
    const results: Check[] = []
    for (const [name, answer] of Object.entries(faults)) {
      const began = Date.now()
      const requests = sink.batches.length
      proxy.cut()
      names.answer = answer
      await sendEvents(2)
      await waitFor(name, async () => (await attemptOutcomes(data, began)).not_sent !== undefined)
      // Throws for any answer but 202.
      for (let more = 0; more < 10; more++) await sendEvents(1)
      const { ambiguous = 0 } = await attemptOutcomes(data, began)
      results.push(
        exactly(`${name}: requests`, sink.batches.length - requests, 0),
        exactly(`${name}: attempts called ambiguous`, ambiguous, 0),
      )
      names.answer = { address: '127.0.0.1' }
      const { left } = await waitUntilDrained(data)
      results.push(exactly(`${name}: undelivered afterwards`, left, 0))
    }
    const [asked, before] = [names.questions, sink.batches.length]
    for (let more = 0; more < 20; more++) {
      await sendEvents(1)
      await waitUntilDrained(data)
    }
    return [
      ...results,
      moreThan('requests once the name resolves', sink.batches.length - before, 9),
      atMost('questions for the name meanwhile', names.questions - asked, 2),
    ]
  })
  names.close()
  await proxy.close()
  return [...checks, ...found]
})
