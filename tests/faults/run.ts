// Runs rows of the fault table: `npm run faults -- [ROW …] [--quick] [--store sqlite|postgres]`. Without a row all run.
import { readdirSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { formatCheck } from '../chaos/check.js'
import { closeData, type StoreKind } from '../chaos/data.js'
import { MissingPrerequisite, type Row } from './row.js'

const folder = new URL('rows/', import.meta.url)
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { store: { type: 'string', default: 'sqlite' }, quick: { type: 'boolean', default: false } },
})
const store = values.store as StoreKind
const rows = await load()
const unknown = positionals.find((number) => !rows.some(({ row }) => row === Number(number)))
if (unknown !== undefined || !['sqlite', 'postgres'].includes(store)) {
  console.error(
    `Usage: faults [${rows.map(({ row }) => row).join('|')}]… [--quick] [--store sqlite|postgres]`,
  )
  process.exit(2)
}

let passed = 0
let failed = 0
for (const row of rows) {
  if (positionals.length > 0 && !positionals.some((number) => Number(number) === row.row)) continue
  if (await runRow(row)) passed++
  else failed++
}
console.log(`\n${passed} passed, ${failed} failed`)
await closeData()
process.exit(failed > 0 ? 1 : 0)

/** Runs one row and prints a line for each check. @returns whether all checks passed */
async function runRow({ row, name, run }: Row): Promise<boolean> {
  const title = `row ${row} ${name}`
  try {
    const checks = await run({ store, quick: values.quick })
    for (const check of checks) console.log(`${title}: ${formatCheck(check)}`)
    if (checks.length === 0) console.log(`${title}: no checks  FAIL`)
    return checks.length > 0 && checks.every(({ ok }) => ok)
  } catch (error) {
    const reason = error instanceof MissingPrerequisite ? error.message : ((error as Error).stack ?? error)
    console.log(`${title}: ${reason}  FAIL`)
    return false
  }
}

/** Imports all files of `rows/`. Each exports one row or several, under any names. */
async function load(): Promise<Row[]> {
  const modules = await Promise.all(
    readdirSync(folder)
      .filter((file) => file.endsWith('.ts'))
      .map((file) => import(new URL(file, folder).href) as Promise<Record<string, Row>>),
  )
  return modules.flatMap((module) => Object.values(module)).sort((a, b) => a.row - b.row)
}
