// Measures the embedded region table: size on disk, load time, memory, and look-ups a second.
// It runs in a process of its own, because memory freed by other code would hide the growth.
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
  /** Look-ups of a text address a second, on one core. */
  lookups: number
  /** Complete decisions about the place of a visitor a second, on one core. */
  located: number
  wrong: number
}

/** Returns the number of wrong answers, because fast wrong answers would not be a valid measurement. */
export async function region(): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', self, '--measure'])
  const { loadMs, growthMb, lookups, located, wrong } = JSON.parse(stdout) as Figures
  const atMost = (title: string, value: number, limit: number) =>
    print(title, value, value <= limit, `≤ ${limit}`)
  const atLeast = (title: string, value: number, limit: number) =>
    print(title, value, value >= limit, `≥ ${limit.toLocaleString('en-US')}`)
  atMost('file, MB', statSync(file).size / 1e6, 1.4)
  atMost('load, ms', loadMs, 200)
  atMost('growth of RSS by the load, MB', growthMb, 30)
  atLeast('look-ups a second, text address in', lookups, 500_000)
  atLeast('places a second, every source asked', located, 250_000)
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
  const rate = (work: (address: string) => unknown) => {
    for (const address of addresses) work(address)
    const from = performance.now()
    for (let round = 0; round < 5; round++) for (const address of addresses) work(address)
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
    located: rate((ip) => locate({ source: 'browser', ip, user, headers, fromTrustedProxy: true })),
    wrong: Object.entries(known).filter(([ip, name]) => table.header.names[table.lookup(ip)] !== name).length,
  }
}

/** Half IPv4 and half IPv6, from the whole routed space. */
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
