// Measures how many events other senders lose under the same faults, where tagferry must lose none.
import { readFileSync } from 'node:fs'
import { copyCollector } from '../tests/chaos/build-copy.js'
import { auditLedger } from '../tests/chaos/ledger.js'
import { startSink } from '../tests/chaos/sink.js'
import { installPeers, type Peer, peers } from './peers-packages.js'
import { controlled, faultless, groups, type Scenario } from './peers-scenarios.js'
import { type Sender, type SenderOptions, startPeer, startTagferry } from './peers-sender.js'
import { printTable } from './table.js'

interface Result {
  tool: string
  sent: number
  delivered: number
  /** Not delivered, but stored: can be sent again. */
  stored: number
  lost: number
  /** Lost, but reported as delivered. */
  reportedDelivered: number
  /** Lost, and reported as failed. */
  reportedFailed: number
  /** Deliveries beyond the first of an event. */
  repeated: number
  /** Events in the largest request. */
  largestBatch: number
}

/** Returns the number of events that tagferry lost, plus errors of the comparison itself, such as a control without losses. */
export async function peersLoss({ events = 200 } = {}): Promise<number> {
  const versions = await installPeers()
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  const versionOf = (peer: Peer) => versions[peer.package]
  console.log(
    `${events} events each, Node ${process.version}; the peers' flush interval is 1 s, all else default`,
  )
  console.log('Lost events are reported as delivered, reported as failed, or not reported by the tool.\n')
  let errors = 0
  for (const scenarios of groups) {
    const tables = await Promise.all(
      scenarios.map(async (scenario) => {
        const ids = Array.from({ length: events }, (_, n) => `event-${n}`)
        const run = (tool: string, start: (options: SenderOptions) => Promise<Sender>, peer?: Peer) =>
          runTrial({ tool, scenario, ids, start, peer })
        const ours = run(`tagferry ${version}`, startTagferry)
        const others = peers.map((peer) =>
          run(`${peer.package} ${versionOf(peer)}`, (options) => startPeer(peer.name, options), peer),
        )
        const control =
          scenario === controlled
            ? [
                run('control: HTTP 200 is success', (options) =>
                  startTagferry(options, copyCollector('codeUnderHttp200')),
                ),
              ]
            : []
        return {
          scenario,
          results: await Promise.all([ours, ...others, ...control]),
          controls: control.length,
        }
      }),
    )
    for (const { scenario, results, controls } of tables) {
      print(scenario, results)
      errors += (results[0] as Result).lost
      errors += results.filter(({ sent }) => sent !== events).length
      if (scenario === faultless) errors += results.reduce((sum, { lost }) => sum + lost, 0)
      if (controls && results.at(-1)?.reportedDelivered === 0) errors++
    }
  }
  console.log('What each tool documents or, where its documentation is silent, does in its source:')
  console.log(
    '  tagferry: 202 after the commit; an accepted event is delivered, pending, failed or skipped; 47 h',
  )
  for (const peer of peers) console.log(`  ${peer.package}: ${peer.documented}`)
  return errors
}

interface Trial {
  tool: string
  scenario: Scenario
  ids: string[]
  start: (options: SenderOptions) => Promise<Sender>
  peer: Peer | undefined
}

async function runTrial({ tool, scenario, ids, start, peer }: Trial): Promise<Result> {
  const sink = await startSink(peer?.dialect)
  const sender = await start({ sink, ids, rate: scenario.rate, batchSize: scenario.batchSize })
  await scenario.run(sink, sender, ids)
  const { sent, stored, reportedFailed } = await sender.end()
  await sink.down()
  const reportedDelivered = auditLedger(sent, stored, sink.booked).falselyDelivered.length
  const missing = [...sent].filter((id) => !sink.booked.has(id))
  const storedIds = missing.filter((id) =>
    ['pending', 'failed', 'skipped'].includes(stored.states.get(id) ?? ''),
  )
  return {
    tool,
    sent: sent.size,
    delivered: sent.size - missing.length,
    stored: storedIds.length,
    lost: missing.length - storedIds.length,
    reportedDelivered,
    reportedFailed: missing.filter((id) => reportedFailed.has(id)).length,
    repeated: sink.extraSends(),
    largestBatch: Math.max(...sink.batches.map((batch) => batch.ids.length)),
  }
}

function print({ name }: Scenario, results: Result[]): void {
  console.log(name)
  const head = [
    ...['', 'sent', 'delivered', 'stored', 'lost', 'reported delivered', 'reported failed', 'not reported'],
    ...['sent twice', 'largest batch'],
  ]
  const rows = results.map((result) => [
    result.tool,
    ...[
      result.sent,
      result.delivered,
      result.stored,
      result.lost,
      result.reportedDelivered,
      result.reportedFailed,
      result.lost - result.reportedDelivered - result.reportedFailed,
      result.repeated,
      result.largestBatch,
    ].map(String),
  ])
  printTable(head, rows)
  console.log()
}
