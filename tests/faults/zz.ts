import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { openData } from '../chaos/data.js'
import { startCollector } from '../chaos/house.js'
import { startSink } from '../chaos/sink.js'
import { temporaryDir } from '../support/temporary.js'
import { checkSum } from '../../collector/src/store/sqlite-sum.js'
import { offer, sitesOf } from './trial.js'
const sink = await startSink(); await sink.down()
const data = await openData('sqlite'); const ledger = new Set<string>()
const c = await startCollector({ data, sink, env: sitesOf(1) })
for (let i = 0; i < 300; i += 10) await offer(c.origin, ledger, 10)
await c.stop()
const whole = readFileSync(join(data.dir, 'tagferry.db'))
const f = join(temporaryDir(), 't.db')
const tally: Record<string, number> = {}
const say = (k: string) => { tally[k] = (tally[k] ?? 0) + 1 }
for (let n = 0; n < 6000; n++) {
  const b = Buffer.from(whole); const count = [1, 20][n % 2] as number
  for (let i = 0; i < count; i++) { const at = Math.floor(Math.random() * b.length); b[at] = (b[at] as number) ^ (1 << Math.floor(Math.random() * 8)) }
  writeFileSync(f, b)
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(f)
    const q = (db.prepare('pragma quick_check(1)').get() as any).quick_check
    if (q !== 'ok') { say('quick'); continue }
    const due = db.prepare("select event from deliveries where site = 's0.example' and vendor = 'tiktok' and state = 'pending' and due_at <= 9e15 order by due_at, event limit 1000").all() as any[]
    const upd = db.prepare('select event from deliveries where vendor = ? and event = ?')
    let bad = false
    for (const { event } of due) { if (!upd.get('tiktok', event)) continue; const r = db.prepare('select site, events.event, event_id as eventId, event_time as eventTime, received_at as receivedAt, source, body from events where id = ?').get(event) as any; try { checkSum(event, r) } catch { bad = true; break } }
    if (bad) { say('sum'); continue }
    const rows = db.prepare('select e.id, e.event_id as eid, d.state, e.skip_reason as reason, d.event from events e left join deliveries d on d.event = e.id order by e.id').all() as any[]
    const seen = new Map(rows.map((r) => [r.eid, r.state ?? (r.reason ? 'skipped' : 'nothing')]))
    const lost = [...ledger].filter((id) => (seen.get(id) ?? 'nothing') === 'nothing')
    say(lost.length ? 'LOST' + count : 'ok')
    if (lost.length) { const ic = (db.prepare('pragma integrity_check').all() as any[]).slice(0,4).map((x) => x.integrity_check)
      console.log(lost.length, [...ledger].indexOf(lost[0] as string), due.length, JSON.stringify(rows.filter((r) => !ledger.has(r.eid) || r.state === null)).slice(0,300), ic) }
  } catch (e) { say('throw') } finally { try { db?.close() } catch {} }
}
console.log(tally); process.exit()
