// Row of damaged SQLite files: a file is refused in a sentence, or only unchanged events of it are sent.
import { cpSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { copyCollector } from '../../chaos/build-copy.js'
import { type Check, exactly, moreThan } from '../../chaos/check.js'
import { startCollector } from '../../chaos/collector.js'
import { type Data, openData, readStored } from '../../chaos/data.js'
import { auditLedger, type Ledger } from '../../chaos/ledger.js'
import { startSink } from '../../chaos/sink.js'
import { temporaryDir } from '../../support/temporary.js'
import { sleep } from '../../support/wait.js'
import type { Row } from '../row.js'
import { sendEvents, sitesOf } from '../scenario.js'

const events = 300
/** How long an undelivered event is waited for: many copies have lost some. */
const deliveryLimitMs = 5_000

interface StoredEvents {
  dir: string
  /** Ids in the order of their commits. */
  ledger: Ledger
}

type Damage = (file: string) => void

/** Makes a data folder with pending events. @param how a killed collector leaves them in the WAL, a stopped one in the file */
async function storeEvents(how: 'kill' | 'stop'): Promise<StoredEvents> {
  const sink = await startSink()
  await sink.down()
  const data = await openData('sqlite')
  const ledger: Ledger = new Set()
  const collector = await startCollector({ data, sink, env: sitesOf(1) })
  for (let sent = 0; sent < events; sent += 10)
    await sendEvents(collector.origin, ledger, 10, undefined, {
      properties: { value: 49.9, currency: 'USD' },
    })
  await collector[how]()
  return { dir: data.dir, ledger }
}

/** Damages a copy of the folder, starts a collector on it, and gives what was sent, lost or refused. */
async function startOnDamaged({ dir, ledger }: StoredEvents, damage: Damage, main?: string) {
  const bodies = new Map<string, string>()
  const sink = await startSink({
    events(body) {
      const { data } = JSON.parse(body) as { data: { event_id: string }[] }
      for (const event of data) bodies.set(event.event_id, JSON.stringify(event))
      return data.map(({ event_id: id }) => ({ id, key: '' }))
    },
    successBody: '{"code":0,"message":"OK","request_id":"chaos","data":{}}',
  })
  const copy = temporaryDir()
  cpSync(dir, copy, { recursive: true })
  damage(join(copy, 'tagferry.db'))
  const data = await openData('sqlite', copy)
  let refusal: string | undefined
  const collector = await startCollector({ data, sink, env: sitesOf(1), ...(main && { main }) }).catch(
    (error: Error) => {
      refusal = error.message
    },
  )
  const end = Date.now() + deliveryLimitMs
  const ended = { code: undefined as number | null | undefined }
  void collector?.exited.then((code) => Object.assign(ended, { code }))
  while (collector && ended.code === undefined && sink.booked.size < ledger.size && Date.now() < end)
    await sleep(100)
  if (collector && ended.code === 74) refusal = collector.log()
  const code = await collector?.stop()
  await sink.down()
  const lost = refusal === undefined ? await lostOf(data, ledger, sink.booked) : []
  // At the end of the log the newest may be missing, but none in between.
  const between = lost.filter((id, at) => id !== [...ledger].slice(-lost.length)[at])
  return { bodies, refusal, code, lost, between, sent: sink.booked.size }
}

async function lostOf(data: Data, ledger: Ledger, booked: Set<string>): Promise<string[]> {
  try {
    return auditLedger(ledger, await readStored(data), booked).lost.filter((id) => !booked.has(id))
  } catch {
    return [...ledger].filter((id) => !booked.has(id))
  }
}

/** Sentences that say what to do. */
const instructions =
  /did not start\. .*(Restore|TAGFERRY_SECRET|schema)|the store cannot be trusted any more/s

const random = (limit: number) => Math.floor(Math.random() * limit)

/** Flips one bit each of a number of random bytes. */
const flip =
  (count: number, end = ''): Damage =>
  (file) => {
    const bytes = readFileSync(file + end)
    for (let flipped = 0; flipped < count; flipped++) {
      const at = random(bytes.length)
      bytes[at] = (bytes[at] as number) ^ (1 << random(8))
    }
    writeFileSync(file + end, bytes)
  }

/** Changes each price, which the database itself cannot detect. */
const falsify: Damage = (file) => {
  const bytes = readFileSync(file).toString('latin1').replaceAll('"value":49.9', '"value":99.9')
  writeFileSync(file, bytes, 'latin1')
}

/** Changes the type of a page, which is its first byte. The page belongs to a table that is not read at the start. */
const breakPage: Damage = (file) => {
  const database = new DatabaseSync(file)
  const { page } = database
    .prepare("select rootpage as page from sqlite_schema where name = 'changes'")
    .get() as { page: number }
  database.close()
  const bytes = readFileSync(file)
  bytes[(page - 1) * 4_096] = 77
  writeFileSync(file, bytes)
}

const cutLog: Damage = (file) => truncateSync(`${file}-wal`, random(statSync(`${file}-wal`).size))

async function run(quick: boolean): Promise<Check[]> {
  const [stopped, killed] = [await storeEvents('stop'), await storeEvents('kill')]
  const whole = await startOnDamaged(stopped, () => {})
  const { bodies } = await startOnDamaged(killed, () => {})
  const originals = new Map([...whole.bodies, ...bodies])
  const rounds = quick ? 1 : 8
  const found: Awaited<ReturnType<typeof startOnDamaged>>[] = []
  for (let round = 0; round < rounds; round++) {
    for (const count of [1, 20, 200]) found.push(await startOnDamaged(stopped, flip(count)))
    found.push(await startOnDamaged(killed, flip(20, '-wal')), await startOnDamaged(killed, cutLog))
  }
  const noIndex = await startOnDamaged(killed, (file) => rmSync(`${file}-shm`))
  const falsified = await startOnDamaged(stopped, falsify)
  const broken = await startOnDamaged(stopped, breakPage)
  const all = [...found, noIndex, falsified, broken]
  const changed = ({ bodies }: { bodies: Map<string, string> }) =>
    [...bodies].filter(([id, body]) => body !== originals.get(id)).length
  const silent = all.filter(({ refusal }) => refusal !== undefined && !instructions.test(refusal))
  for (const { refusal } of silent) console.log(`no such sentence: ${refusal?.slice(-600)}`)
  const control = await startOnDamaged(stopped, falsify, copyCollector('checksum'))
  const opened = await startOnDamaged(stopped, breakPage, copyCollector('quickCheck'))
  type Result = (typeof all)[number]
  const total = (countOf: (result: Result) => number) => all.reduce((sum, result) => sum + countOf(result), 0)
  return [
    exactly('delivered of an undamaged copy', whole.sent, events),
    moreThan('damaged copies', all.length, quick ? 7 : 40),
    moreThan('refused, or ended with 74', all.filter(({ refusal }) => refusal !== undefined).length, 1),
    exactly('of these without a sentence that says what to do', silent.length, 0),
    exactly(
      'ended by anything else',
      all.filter(({ refusal, code }) => refusal === undefined && code !== 0).length,
      0,
    ),
    exactly('events sent with another content', total(changed), 0),
    exactly(
      'events missing and nothing said',
      total(({ between }) => between.length),
      0,
    ),
    exactly('-shm deleted: delivered', noIndex.sent, events),
    exactly('prices changed in the file: sent', falsified.sent, 0),
    exactly('a broken page: started', Number(broken.refusal === undefined), 0),
    moreThan('control: other content sent without the checksum', changed(control), 0),
    exactly(
      'control: a broken page is opened without the check',
      Number(/did not start/.test(opened.refusal ?? '')),
      0,
    ),
  ]
}

export const damaged: Row = { row: 24, name: 'SQLite damaged', run: ({ quick }) => run(quick) }
