// Knows what the embedded region table may cost: on disk, at start, in memory and for each event.
// Measured in a process of its own, for memory once taken by others would hide the table's.
import { execFile } from 'node:child_process'
import { statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createLocate } from '../collector/src/region/locate.js'
import { loadTable } from '../collector/src/region/table.js'

const file = fileURLToPath(new URL('../collector/data/us-states.bin.br', import.meta.url))
const self = fileURLToPath(import.meta.url)

interface Figures {
  loadMs: number
  growthMb: number
  /** A second, one core: code of a text address; the whole decision where the visitor is. */
  lookups: number
  located: number
  wrong: number
}

/** Gives the number of wrong answers: quick rubbish would be no measurement. */
export async function region(): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', self, '--measure'])
  const { loadMs, growthMb, lookups, located, wrong } = JSON.parse(stdout) as Figures
  const most = (title: string, value: number, limit: number) =>
    print(title, value, value <= limit, `≤ ${limit}`)
  const least = (title: string, value: number, limit: number) =>
    print(title, value, value >= limit, `≥ ${limit.toLocaleString('en-US')}`)
  most('file, MB', statSync(file).size / 1e6, 1.4)
  most('load, ms', loadMs, 200)
  most('growth of RSS by the load, MB', growthMb, 30)
  least('look-ups a second, text address in', lookups, 500_000)
  least('places a second, every source asked', located, 250_000)
  return wrong
}

function print(title: string, value: number, met: boolean, limit: string): void {
  const digits = value < 100 ? 2 : 0
  const text = value.toLocaleString('en-US', { maximumFractionDigits: digits })
  console.log(`${met ? 'PASS' : 'FAIL'}  ${title}: ${text} (limit ${limit})`)
}

async function measure(): Promise<Figures> {
  const rssBefore = process.memoryUsage.rss()
  const startedAt = performance.now()
  const loaded = await loadTable(file)
  const loadMs = performance.now() - startedAt
  if (!loaded.ok) throw new Error(loaded.problem)
  const growthMb = (process.memoryUsage.rss() - rssBefore) / 1e6
  const { table } = loaded
  const addresses = randomAddresses(200_000)
  const rate = (ask: (address: string) => unknown) => {
    for (const address of addresses) ask(address)
    const from = performance.now()
    for (let round = 0; round < 5; round++) for (const address of addresses) ask(address)
    return (5 * addresses.length) / ((performance.now() - from) / 1000)
  }
  const locate = createLocate({ table, headers: { format: 'cloudflare' } })
  const headers = { 'cf-ipcountry': 'US' }
  const user = { state: 'California', country: 'US' }
  const known = { '128.32.1.1': 'CA', '2601:640::1': 'CA', '129.82.1.1': 'CO', '1.1.1.1': '~' }
  return {
    loadMs,
    growthMb,
    lookups: rate((address) => table.lookup(address)),
    located: rate((ip) => locate({ source: 'browser', ip, user, headers, trusted: true })),
    wrong: Object.entries(known).filter(([ip, name]) => table.header.names[table.lookup(ip)] !== name).length,
  }
}

/** Half of each family, all over the routed space. */
function randomAddresses(count: number): string[] {
  const below = (limit: number) => Math.floor(Math.random() * limit)
  const group = () => below(65_536).toString(16)
  return Array.from({ length: count }, (_, at) =>
    at % 2 === 0
      ? `${1 + below(223)}.${below(256)}.${below(256)}.${below(256)}`
      : `2${below(4096).toString(16).padStart(3, '0')}:${group()}:${group()}:${group()}::${group()}`,
  )
}

if (process.argv[1] === self) {
  if (process.argv.includes('--measure')) console.log(JSON.stringify(await measure()))
  else process.exitCode = (await region()) > 0 ? 1 : 0
}
