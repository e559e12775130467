// Measures what the embeddable script costs a page, in bytes and main-thread time, beside other scripts.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { loadPeers, type Peer } from './snippet-peers.js'
import { median, ms, printTable, ratio, whole } from './table.js'
import type { Cost } from './trace.js'
import { startVisits } from './visits.js'

interface Candidate extends Peer {
  costs: Cost[]
  sent: number
}

const ownScript = (file: string): Peer => ({
  name: `tagferry ${file}`,
  script: readFileSync(fileURLToPath(new URL(`../snippet/dist/${file}`, import.meta.url)), 'utf8'),
  start: '',
  attributes: 'data-site="example.localhost" data-endpoint="/e/tagferry"',
  before: '',
  query: 'a=1',
})
/** A page without a script; its cost is subtracted from all others. */
const emptyPage: Peer = { name: 'no script', script: '', start: '', attributes: '', before: '', query: 'a=1' }

/** Returns the number of scripts that sent no page view, because doing nothing would not be a valid measurement. */
export async function snippet({ rounds = 9 } = {}): Promise<number> {
  const full = ownScript('t.js')
  // The landing page of an ad has a click id, which the script writes to cookies and storage.
  const landing = { ...full, name: 'tagferry t.js, landing', query: 'ttclid=E.C.P.abc' }
  const peers = [full, landing, ownScript('t.core.js'), ...(await loadPeers()), emptyPage]
  const candidates: Candidate[] = peers.map((peer) => ({ ...peer, costs: [], sent: 0 }))
  const visits = await startVisits()
  try {
    console.log(
      `${rounds} rounds, one visit of each in turn, processor slowed down 4 times; medians, processor time\n`,
    )
    for (let round = 0; round <= rounds; round++) {
      for (const candidate of candidates) {
        const { sent, ...cost } = await visits.visit(candidate)
        // The first round only warms up the browser.
        if (round === 0) candidate.sent = sent
        else candidate.costs.push(cost)
      }
    }
  } finally {
    await visits.stop()
  }
  const idle = medianOf(candidates.at(-1) as Candidate, 'allMs')
  const scriptMs = (candidate: Candidate) => medianOf(candidate, 'allMs') - idle
  const scripts = candidates.slice(0, -1)
  const [page, ad, , umami] = scripts as [Candidate, Candidate, Candidate, Candidate]
  const toUmami = (candidate: Candidate) => scriptMs(candidate) / scriptMs(umami)
  printTable(
    ['script', 'gzip', 'brotli', 'evaluate ms', 'all script ms', '÷ Umami', 'most in a task ms'],
    scripts.map((candidate) => [
      candidate.name,
      whole(gzipSync(candidate.script, { level: 9 }).length),
      whole(brotliCompressSync(candidate.script).length),
      ms(medianOf(candidate, 'evaluateMs')),
      ms(scriptMs(candidate)),
      ratio(toUmami(candidate)),
      ms(medianOf(candidate, 'longestMs')),
    ]),
  )
  printFeatures()

  checkLimit('EvaluateScript on a landing, ms', medianOf(ad, 'evaluateMs'), 15)
  checkLimit('all script ÷ Umami', toUmami(page), 1.25)
  checkLimit('script in one task on a landing, ms', medianOf(ad, 'longestMs'), 50)
  const silent = scripts.filter(({ sent }) => sent === 0)
  for (const { name } of silent) console.error(`${name} sent nothing`)
  return silent.length
}

const medianOf = ({ costs }: Candidate, figure: keyof Cost) => median(costs.map((cost) => cost[figure]))

function checkLimit(name: string, value: number, limit: number): void {
  const met = value <= limit
  console.log(`${name}  ${value.toFixed(2)}  ${limit}  ${met ? 'PASS' : 'FAIL'}`)
  if (!met) process.exitCode = 1
}

/** Features of these versions, without plug-ins and without their servers. */
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
