// Runs benchmarks: `npm run bench -- ingest|relay|region|pages|backlog|dashboard|snippet|peers-loss [--rounds N] …`.
import { parseArgs } from 'node:util'
import { backlog } from './backlog.js'
import { dashboard } from './dashboard.js'
import { ingest } from './ingest.js'
import { pages } from './pages.js'
import { peersLoss } from './peers-loss.js'
import { region } from './region.js'
import { relay } from './relay.js'
import { snippet } from './snippet.js'

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string' }, seconds: { type: 'string' }, events: { type: 'string' } },
})
const numbers = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Number(value)]))
const benchmarks = { ingest, relay, region, pages, backlog, dashboard, snippet, 'peers-loss': peersLoss }
// These install third-party packages, so they run only when named.
const onDemand = ['peers-loss', 'snippet']
const selected =
  positionals.length > 0 ? positionals : Object.keys(benchmarks).filter((name) => !onDemand.includes(name))

for (const name of selected) {
  const benchmark = benchmarks[name as keyof typeof benchmarks]
  if (!benchmark) {
    console.error(`There is no benchmark "${name}": choose from ${Object.keys(benchmarks).join(', ')}.`)
    process.exit(2)
  }
  console.log(`\n── ${name}`)
  const errors = await (benchmark as (options: object) => Promise<number>)(numbers)
  if (errors > 0) {
    console.error(`\n${name}: ${errors} errors, so the numbers do not count.`)
    process.exitCode = 1
  }
}
