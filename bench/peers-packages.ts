// Describes the compared tools: their event format, the answers of their receivers and their documented guarantees.
// Installs their packages into a folder of their own.
import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { WireFormat } from '../tests/chaos/sink.js'

export interface Peer {
  /** Name of the driver in `peers/`. */
  name: string
  package: string
  dialect: WireFormat
  documented: string
}

interface Event {
  properties: { id: string }
}

const keyed = (id: string) => ({ id, key: id })
const batched = (successBody: string): WireFormat => ({
  events: (body) => (JSON.parse(body) as { batch: Event[] }).batch.map((event) => keyed(event.properties.id)),
  successBody,
})

export const peers: Peer[] = [
  {
    name: 'segment',
    package: '@segment/analytics-node',
    dialect: batched('{"success":true}'),
    documented:
      'a queue in memory, `maxRetries` 10 for network errors, 408, 410, 429, 460 and 5xx; a callback for each event; `closeAndFlush()` before the exit',
  },
  {
    name: 'posthog',
    package: 'posthog-node',
    dialect: batched('{"status":"Ok"}'),
    documented:
      'a queue in memory (10,000), 3 more tries 3 s apart, after a network error kept for the next flush; its `flush` event names the sent events, its `error` event names none; `shutdown()` before the exit',
  },
  {
    name: 'rudderstack',
    package: '@rudderstack/rudder-sdk-node',
    dialect: batched('"OK"'),
    documented:
      'a queue in memory, `retryCount` 3 for network errors, 429 and 5xx; a callback for each event; a queue in Redis as a beta, which is not tried here',
  },
  {
    name: 'walkeros',
    package: '@walkeros/collector',
    dialect: {
      events: (body) => [keyed((JSON.parse(body) as { data: { id: string } }).data.id)],
      successBody: '{"ok":true}',
    },
    documented:
      'a dead-letter list in memory for destinations that throw; `@walkeros/server-destination-api` sends once and reads no answer; the result of a push names the destinations that are done',
  },
]

const dir = fileURLToPath(new URL('./peers', import.meta.url))
const manifest = (path: string) => JSON.parse(readFileSync(join(dir, path, 'package.json'), 'utf8'))
const installed = (name: string) => {
  const path = join('node_modules', name)
  return existsSync(join(dir, path)) ? (manifest(path).version as string) : undefined
}

/** Installs the exact versions of `peers/package.json` if they are missing. Returns the version of each package. */
export async function installPeers(): Promise<Record<string, string>> {
  const wanted = manifest('.').dependencies as Record<string, string>
  if (Object.entries(wanted).some(([name, version]) => installed(name) !== version)) {
    const quiet = ['--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund']
    await promisify(execFile)('npm', ['install', '--prefix', dir, ...quiet])
  }
  return Object.fromEntries(Object.keys(wanted).map((name) => [name, installed(name) ?? 'missing']))
}
