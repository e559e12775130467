// Runs experiments: `npm run chaos -- [NAME] [--rounds N | --runs N] [--store sqlite|postgres]`. Without a name all run.
import { parseArgs } from 'node:util'
import { type Check, formatCheck, type Skipped } from './check.js'
import { closeData, type StoreKind } from './data.js'
import { drain } from './drain.js'
import { enospc } from './enospc.js'
import { kill9 } from './kill9.js'
import { model } from './model.js'
import { outage } from './outage.js'
import { poison } from './poison.js'
import { powercut } from './powercut.js'
import { race } from './race.js'
import { revokedToken } from './revoked-token.js'
import { syscalls } from './syscalls.js'

interface Options {
  rounds: number
  store: StoreKind
  patient: boolean
  n?: number
  events?: number
}
type Experiment = (options: Options) => Promise<Check[] | Skipped>

/** Each with its default number of rounds. */
const experiments: Record<string, [run: Experiment, rounds: number]> = {
  kill9: [kill9, 20],
  powercut: [powercut, 5],
  syscalls: [syscalls, 20],
  enospc: [enospc, 3],
  outage: [outage, 1],
  poison: [poison, 3],
  token: [revokedToken, 1],
  drain: [drain, 3],
  model: [model, 2_000],
  race: [race, 20],
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string' },
    runs: { type: 'string' },
    store: { type: 'string', default: 'sqlite' },
    n: { type: 'string' },
    events: { type: 'string' },
  },
})
const store = values.store as StoreKind
const names = positionals.length > 0 ? positionals : Object.keys(experiments)
const unknown = names.find((name) => !(name in experiments))
if (unknown !== undefined || !['sqlite', 'postgres'].includes(store)) {
  console.error(
    `Usage: chaos [${Object.keys(experiments).join('|')}] [--rounds N] [--store sqlite|postgres] [--n N] [--events N]`,
  )
  process.exit(2)
}

const sizes = {
  ...(values.n !== undefined && { n: Number(values.n) }),
  ...(values.events !== undefined && { events: Number(values.events) }),
}
for (const name of names) {
  const [run, defaultRounds] = experiments[name] as [Experiment, number]
  const rounds = Number(values.rounds ?? values.runs ?? defaultRounds)
  console.log(`\n── ${name}, ${rounds} rounds, ${store}`)
  const result = await run({ rounds, store, patient: true, ...sizes })
  if ('skipped' in result) console.log(`${name} skipped: ${result.skipped}`)
  else {
    for (const check of result) console.log(formatCheck(check))
    if (result.some(({ ok }) => !ok)) process.exitCode = 1
  }
}
await closeData()
process.exit()
