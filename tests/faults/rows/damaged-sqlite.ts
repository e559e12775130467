// Knows the row about a damaged SQLite file: it is refused in a sentence, or what is sent of it is what was stored.
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
const patienceMs = 5_000

interface Stored {
  dir: string
  /** In the order of their commits. */
  ledger: Ledger
}

type Damage = (file: string) => void

/** A data folder with events that wait. @param how killed leaves them in the WAL, stopped in the file itself */
async function storedBy(how: 'kill' | 'stop'): Promise<Stored> {
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

/** What becomes of a copy of the folder that is damaged before a collector starts on it. */
async function after({ dir, ledger }: Stored, damage: Damage, main?: string) {
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
  const end = Date.now() + patienceMs
  const ended = { code: undefined as number | null | undefined }
  void collector?.exited.then((code) => Object.assign(ended, { code }))
  while (collector && ended.code === undefined && sink.booked.size < ledger.size && Date.now() < end)
    await sleep(100)
  if (collector && ended.code === 74) refusal = collector.log()
  const code = await collector?.stop()
  await sink.down()
  const lost = refusal === undefined ? await lostOf(data, ledger, sink.booked) : []
  // Only the newest may be missing where the end of the log is: of what is there, nothing may be missing in between.
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

/** The sentences of who refuses; no stack. */
const tells = /did not start\. .*(Restore|TAGFERRY_SECRET|schema)|the store cannot be trusted any more/s

const random = (limit: number) => Math.floor(Math.random() * limit)

/** One bit each of so many bytes anywhere in the file. */
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

/** Each price is another: nothing that the database itself could notice. */
const falsify: Damage = (file) => {
  const bytes = readFileSync(file).toString('latin1').replaceAll('"value":49.9', '"value":99.9')
  writeFileSync(file, bytes, 'latin1')
}

/** The first byte of a page says what it is; this one belongs to a table that nobody reads at the start. */
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
  const [stopped, killed] = [await storedBy('stop'), await storedBy('kill')]
  const whole = await after(stopped, () => {})
  const { bodies } = await after(killed, () => {})
  const originals = new Map([...whole.bodies, ...bodies])
  const rounds = quick ? 1 : 8
  const found: Awaited<ReturnType<typeof after>>[] = []
  for (let round = 0; round < rounds; round++) {
    for (const count of [1, 20, 200]) found.push(await after(stopped, flip(count)))
    found.push(await after(killed, flip(20, '-wal')), await after(killed, cutLog))
  }
  const noIndex = await after(killed, (file) => rmSync(`${file}-shm`))
  const falsified = await after(stopped, falsify)
  const broken = await after(stopped, breakPage)
  const all = [...found, noIndex, falsified, broken]
  const changed = ({ bodies }: { bodies: Map<string, string> }) =>
    [...bodies].filter(([id, body]) => body !== originals.get(id)).length
  const silent = all.filter(({ refusal }) => refusal !== undefined && !tells.test(refusal))
  for (const { refusal } of silent) console.log(`no such sentence: ${refusal?.slice(-600)}`)
  const control = await after(stopped, falsify, copyCollector('sum'))
  const opened = await after(stopped, breakPage, copyCollector('quick'))
  const total = (list: typeof all, of: (one: (typeof all)[number]) => number) =>
    list.reduce((sum, one) => sum + of(one), 0)
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
    exactly('events sent with another content', total(all, changed), 0),
    exactly(
      'events missing and nothing said',
      total(all, ({ between }) => between.length),
      0,
    ),
    exactly('-shm deleted: delivered', noIndex.sent, events),
    exactly('prices changed in the file: sent', falsified.sent, 0),
    exactly('a broken page: started', Number(broken.refusal === undefined), 0),
    moreThan('control: other content sent where no sum is looked at', changed(control), 0),
    exactly(
      'control: a broken page is opened without the check',
      Number(/did not start/.test(opened.refusal ?? '')),
      0,
    ),
  ]
}

export const damaged: Row = { row: 24, name: 'SQLite damaged', run: ({ quick }) => run(quick) }
