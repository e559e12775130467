// Knows the row about a full log volume: the log is lost, the service is not, and it writes again once there is space.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { copyCollector } from '../../chaos/build-copy.js'
import { type Check, exactly, moreThan } from '../../chaos/check.js'
import { settingsOf, unchangedBuild, waitUntilDrained } from '../../chaos/collector.js'
import { openData, readStored, type StoreKind } from '../../chaos/data.js'
import { type Disk, fill, mountProblem, mountTmpfs } from '../../chaos/disk.js'
import { type Ledger, ledgerChecks } from '../../chaos/ledger.js'
import { newId, send } from '../../chaos/load.js'
import { startSink } from '../../chaos/sink.js'
import { call } from '../../support/http.js'
import { freePort } from '../../support/port.js'
import { killOnExit } from '../../support/temporary.js'
import { sleep, waitFor } from '../../support/wait.js'
import { MissingPrerequisite, type Row } from '../row.js'
import { eventually } from '../scenario.js'

const away = { code: 50000, message: 'System error' }

/** A collector that logs each failed request, into a file on the small disk. */
async function logging(disk: Disk, store: StoreKind, main: string) {
  const sink = await startSink()
  const data = await openData(store)
  const port = await freePort()
  const settings = { TAGFERRY_PORT: String(port), TAGFERRY_LOG_LEVEL: 'debug' }
  const file = openSync(join(disk.dir, 'log'), 'a')
  const child = spawn(process.execPath, [main], {
    cwd: data.dir,
    env: { PATH: process.env.PATH, ...settingsOf({ data, sink, env: settings }) },
    stdio: ['ignore', file, file],
  })
  killOnExit(child)
  closeSync(file)
  const exited = once(child, 'exit').then(([code]) => code as number | null)
  const running = () => child.exitCode === null && child.signalCode === null
  const origin = `http://127.0.0.1:${port}`
  const ready = () =>
    call(origin, { path: '/readyz' }).then(
      ({ status }) => status,
      () => 0,
    )
  await eventually('it listens or ends', async () => (await ready()) === 200 || !running())
  return { sink, data, origin, running, ready, exited, end: () => child.kill('SIGTERM') }
}

async function fullLog(store: StoreKind, main = unchangedBuild()) {
  const disk = mountTmpfs(1)
  const ledger: Ledger = new Set()
  // Full from the start: not even that it listens can be printed.
  const free = fill(disk, 0)
  const one = await logging(disk, store, main)
  one.sink.answer = () => away
  const answers: number[] = []
  for (let sent = 0; sent < 60 && one.running(); sent++) {
    answers.push((await send(one.origin, [newId()], ledger)).status)
    await sleep(50)
  }
  const ready = await one.ready()
  const silent = readFileSync(join(disk.dir, 'log')).length
  free()
  one.sink.answer = () => ({ code: 0 })
  const { left } = await waitUntilDrained(one.data, one.running() ? 60_000 : 0)
  if (one.running()) one.sink.answer = () => away
  if (one.running()) await send(one.origin, [newId()], ledger)
  const wrote = () => (readFileSync(join(disk.dir, 'log')).length > silent ? true : undefined)
  const again = one.running() && (await waitFor('a line of the log', wrote, 20_000).catch(() => false))
  one.end()
  const code = await one.exited
  const stored = await readStored(one.data)
  disk.unmount()
  await one.sink.down()
  const { checks } = ledgerChecks(ledger, stored, one.sink.booked, one.sink.netDuplicates())
  const taken = answers.filter((status) => status === 202).length
  return { checks, taken, answers, silent, ready, left, again, code }
}

async function run(store: StoreKind): Promise<Check[]> {
  const trouble = mountProblem()
  if (trouble !== undefined) throw new MissingPrerequisite(trouble)
  const found = await fullLog(store)
  const control = await fullLog(store, copyCollector('log'))
  return [
    ...found.checks,
    exactly('bytes of log while there is no space', found.silent, 0),
    exactly('202 meanwhile', found.taken, 60),
    exactly('/readyz meanwhile', found.ready, 200),
    exactly('undelivered once TikTok is back', found.left, 0),
    exactly('it logs again once there is space', Number(found.again), 1),
    exactly('exit code', found.code ?? -1, 0),
    moreThan('control: not taken where a failed line ends the process', 60 - control.taken, 0),
  ]
}

export const fullLogVolume: Row = { row: 21, name: 'no space for the log', run: ({ store }) => run(store) }
