// Row of a full log volume: log lines are dropped, the service goes on, and logging resumes once there is space.
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

const failure = { code: 50000, message: 'System error' }

/** Starts a collector that logs each failed request into a file on the small disk. */
async function startLogging(disk: Disk, store: StoreKind, main: string) {
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
  const isRunning = () => child.exitCode === null && child.signalCode === null
  const origin = `http://127.0.0.1:${port}`
  const ready = () =>
    call(origin, { path: '/readyz' }).then(
      ({ status }) => status,
      () => 0,
    )
  await waitFor('it listens or ends', async () => (await ready()) === 200 || !isRunning())
  return { sink, data, origin, isRunning, ready, exited, end: () => child.kill('SIGTERM') }
}

async function fullLog(store: StoreKind, main = unchangedBuild()) {
  const disk = mountTmpfs(1)
  const ledger: Ledger = new Set()
  // Full from the start: not even the line that it listens can be printed.
  const free = fill(disk, 0)
  const collector = await startLogging(disk, store, main)
  const { sink, data, origin, isRunning } = collector
  sink.answer = () => failure
  const answers: number[] = []
  for (let sent = 0; sent < 60 && isRunning(); sent++) {
    answers.push((await send(origin, [newId()], ledger)).status)
    await sleep(50)
  }
  const ready = await collector.ready()
  const logBytes = () => readFileSync(join(disk.dir, 'log')).length
  const bytesWhileFull = logBytes()
  free()
  sink.answer = () => ({ code: 0 })
  const { left } = await waitUntilDrained(data, isRunning() ? undefined : 0)
  if (isRunning()) sink.answer = () => failure
  if (isRunning()) await send(origin, [newId()], ledger)
  const hasLogged = () => logBytes() > bytesWhileFull
  const logsAgain = isRunning() && (await waitFor('a line of the log', hasLogged).catch(() => false))
  collector.end()
  const code = await collector.exited
  const stored = await readStored(data)
  disk.unmount()
  await sink.down()
  const { checks } = ledgerChecks(ledger, stored, sink.booked, sink.netDuplicates())
  const accepted = answers.filter((status) => status === 202).length
  return { checks, accepted, bytesWhileFull, ready, left, logsAgain, code }
}

async function run(store: StoreKind): Promise<Check[]> {
  const problem = mountProblem()
  if (problem !== undefined) throw new MissingPrerequisite(problem)
  const found = await fullLog(store)
  const control = await fullLog(store, copyCollector('logErrors'))
  return [
    ...found.checks,
    exactly('bytes of log while there is no space', found.bytesWhileFull, 0),
    exactly('202 meanwhile', found.accepted, 60),
    exactly('/readyz meanwhile', found.ready, 200),
    exactly('undelivered once TikTok is back', found.left, 0),
    exactly('it logs again once there is space', Number(found.logsAgain), 1),
    exactly('exit code', found.code ?? -1, 0),
    moreThan('control: not accepted if a failed line ends the process', 60 - control.accepted, 0),
  ]
}

export const fullLogVolume: Row = { row: 21, name: 'no space for the log', run: ({ store }) => run(store) }
