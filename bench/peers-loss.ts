// Knows what other senders lose where tagferry must lose nothing: the same faults, sink and ledger for each.
import { readFileSync } from 'node:fs'
import { copyCollector } from '../tests/chaos/dist.js'
import { judge } from '../tests/chaos/ledger.js'
import { startSink } from '../tests/chaos/sink.js'
import { controlled, faultless, groups, type Scenario } from './peers-scenarios.js'
import { type Sender, type SenderOptions, startPeer, startTagferry } from './peers-sender.js'
import { installPeers, type Peer, peers } from './peers-packages.js'
import { printTable } from './table.js'

interface Result {
  tool: string
  sent: number
  delivered: number
  /** Not delivered, and in its store: it can be sent again. */
  kept: number
  lost: number
  /** Of the lost: called delivered, reported as failed, or nothing said. */
  invented: number
  reported: number
  /** Deliveries beyond the first of an event. */
  repeated: number
  /** Events in the largest request. */
  largest: number
}

/** Gives what tagferry lost, and what makes the comparison void: too little sent, or a control that loses nothing. */
export async function peersLoss({ events = 200 } = {}): Promise<number> {
  const versions = await installPeers()
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  const versionOf = (peer: Peer) => versions[peer.package]
  console.log(
    `${events} events each, Node ${process.version}; the peers' flush interval is 1 s, all else default`,
  )
  console.log('Of the lost: called delivered by the tool, reported as failed, or nothing said of them.\n')
  let errors = 0
  for (const scenarios of groups) {
    const tables = await Promise.all(
      scenarios.map(async (scenario) => {
        const ids = Array.from({ length: events }, (_, n) => `event-${n}`)
        const run = (tool: string, start: (options: SenderOptions) => Promise<Sender>, peer?: Peer) =>
          suffer({ tool, scenario, ids, start, peer })
        const ours = run(`tagferry ${version}`, startTagferry)
        const others = peers.map((peer) =>
          run(`${peer.package} ${versionOf(peer)}`, (options) => startPeer(peer.name, options), peer),
        )
        const control =
          scenario === controlled
            ? [run('control: HTTP 200 is a yes', (options) => startTagferry(options, copyCollector('code')))]
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
      if (controls && results.at(-1)?.invented === 0) errors++
    }
  }
  console.log('What each documents or, where it says nothing, does by its source:')
  console.log('  tagferry: 202 after the commit; what it took is delivered, pending, failed or skipped; 47 h')
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

async function suffer({ tool, scenario, ids, start, peer }: Trial): Promise<Result> {
  const sink = await startSink(peer?.dialect)
  const sender = await start({ sink, ids, rate: scenario.rate, together: scenario.together })
  await scenario.play(sink, sender, ids)
  const { sent, stored, reported } = await sender.end()
  await sink.down()
  const invented = judge(sent, stored, sink.booked).invented.length
  const missing = [...sent].filter((id) => !sink.booked.has(id))
  const kept = missing.filter((id) => ['pending', 'failed', 'skipped'].includes(stored.fates.get(id) ?? ''))
  return {
    tool,
    sent: sent.size,
    delivered: sent.size - missing.length,
    kept: kept.length,
    lost: missing.length - kept.length,
    invented,
    reported: missing.filter((id) => reported.has(id)).length,
    repeated: sink.extraSends(),
    largest: Math.max(...sink.batches.map((batch) => batch.ids.length)),
  }
}

function print({ name }: Scenario, results: Result[]): void {
  console.log(name)
  const head = ['', 'sent', 'delivered', 'kept', 'lost', 'called delivered', 'reported', 'unsaid']
  const rows = results.map(({ tool, sent, delivered, kept, lost, invented, reported, repeated, largest }) =>
    [
      tool,
      sent,
      delivered,
      kept,
      lost,
      invented,
      reported,
      lost - invented - reported,
      repeated,
      largest,
    ].map(String),
  )
  printTable([...head, 'sent twice', 'largest batch'], rows)
  console.log()
}
