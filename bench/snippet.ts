// Knows what the embeddable script costs a page, in bytes and on the main thread, beside others in the same run.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { loadPeers, type Peer } from './snippet-peers.js'
import { median, ms, printTable, ratio, whole } from './table.js'
import type { Cost } from './trace.js'
import { startVisits } from './visits.js'

interface Contender extends Peer {
  costs: Cost[]
  sent: number
}

const ours = (file: string): Peer => ({
  name: `tagferry ${file}`,
  script: readFileSync(fileURLToPath(new URL(`../snippet/dist/${file}`, import.meta.url)), 'utf8'),
  start: '',
  attributes: 'data-site="example.localhost" data-endpoint="/e/tagferry"',
  before: '',
  query: 'a=1',
})
/** What page and browser cost by themselves; taken off from all. */
const nothing: Peer = { name: 'no script', script: '', start: '', attributes: '', before: '', query: 'a=1' }

/** Gives the number of contenders that sent no page view: cheap for doing nothing is no measurement. */
export async function snippet({ rounds = 9 } = {}): Promise<number> {
  const full = ours('t.js')
  // The page of an ad has a click id to keep, which takes cookies and storage; the others keep none.
  const landing = { ...full, name: 'tagferry t.js, landing', query: 'ttclid=E.C.P.abc' }
  const peers = [full, landing, ours('t.core.js'), ...(await loadPeers()), nothing]
  const contenders: Contender[] = peers.map((peer) => ({ ...peer, costs: [], sent: 0 }))
  const visits = await startVisits()
  try {
    console.log(
      `${rounds} rounds, one visit of each in turn, processor slowed down 4 times; medians, processor time\n`,
    )
    for (let round = 0; round <= rounds; round++) {
      for (const contender of contenders) {
        const { sent, ...cost } = await visits.visit(contender)
        // The first round warms the browser up.
        if (round === 0) contender.sent = sent
        else contender.costs.push(cost)
      }
    }
  } finally {
    await visits.stop()
  }
  const idle = middle(contenders.at(-1) as Contender, 'allMs')
  const all = (one: Contender) => middle(one, 'allMs') - idle
  const real = contenders.slice(0, -1)
  const [page, ad, , umami] = real as [Contender, Contender, Contender, Contender]
  const toUmami = (one: Contender) => all(one) / all(umami)
  printTable(
    ['script', 'gzip', 'brotli', 'evaluate ms', 'all script ms', '÷ Umami', 'most in a task ms'],
    real.map((one) => [
      one.name,
      whole(gzipSync(one.script, { level: 9 }).length),
      whole(brotliCompressSync(one.script).length),
      ms(middle(one, 'evaluateMs')),
      ms(all(one)),
      ratio(toUmami(one)),
      ms(middle(one, 'longestMs')),
    ]),
  )
  printFeatures()

  gate('EvaluateScript on a landing, ms', middle(ad, 'evaluateMs'), 15)
  gate('all script ÷ Umami', toUmami(page), 1.25)
  gate('script in one task on a landing, ms', middle(ad, 'longestMs'), 50)
  const silent = real.filter(({ sent }) => sent === 0)
  for (const { name } of silent) console.error(`${name} sent nothing`)
  return silent.length
}

const middle = ({ costs }: Contender, figure: keyof Cost) => median(costs.map((cost) => cost[figure]))

function gate(name: string, value: number, limit: number): void {
  const met = value <= limit
  console.log(`${name}  ${value.toFixed(2)}  ${limit}  ${met ? 'PASS' : 'FAIL'}`)
  if (!met) process.exitCode = 1
}

/** As their code in these versions does by itself, without plug-ins and servers of theirs. */
function printFeatures(): void {
  console.log()
  printTable(
    ['does it', 'tagferry', 'Umami', 'Plausible', 'walker.js', 'Snowplow', 'PostHog'],
    [
      ['keep a click id', 'yes', 'no', 'no', 'session', 'no', 'campaign'],
      ['keep unsent events over the page', 'yes', 'no', 'no', 'no', 'yes', 'memory'],
      ['read GPC, USP, GPP, TCF', 'all', 'no', 'no', 'own state', 'DNT', 'GPC'],
      ['follow navigation without reload', 'yes', 'yes', 'yes', 'manual', 'manual', 'yes'],
      ['take events from attributes', 'yes', 'yes', 'some', 'yes', 'plug-ins', 'auto'],
      ['take events from dataLayer', 'yes', 'no', 'no', 'no', 'no', 'no'],
      ["take calls of TikTok's ttq", 'yes', 'no', 'no', 'no', 'no', 'no'],
    ],
  )
  console.log()
}
