// Generates load with autocannon, as a process of its own so that the caller does not slow it down.
// The placeholder `[<id>]` of autocannon miscounts the length of the body, so each body is built here.
import { createRequire } from 'node:module'
import { browserBody, browserHeaders } from './conversion.js'
import type { Load } from './load.js'

const require = createRequire(import.meta.url)
const autocannon = require('autocannon')
const { origin, connections, seconds, prefix, rate } = JSON.parse(process.argv[2] ?? '{}')

let count = 0
const result = await autocannon({
  url: `${origin}/e`,
  connections,
  duration: seconds,
  ...(rate && { overallRate: Math.round(rate) }),
  requests: [
    {
      method: 'POST',
      headers: browserHeaders,
      setupRequest: (request: object) => ({ ...request, body: browserBody(`${prefix}-${++count}`) }),
    },
  ],
})
const load: Load = {
  requestsPerSecond: result.requests.average,
  requests: result['2xx'] + result.non2xx,
  p50Ms: result.latency.p50,
  p99Ms: result.latency.p99,
  errors: result.errors + result.non2xx,
}
console.log(JSON.stringify(load))
