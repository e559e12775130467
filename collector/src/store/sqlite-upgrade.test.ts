/** Knows that a file from before the dashboard opens, keeps its events, and counts from then on. */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { it } from 'vitest'
import { temporaryDir } from '../../../tests/support/temporary.js'
import { now } from './drivers.js'
import { expectUpgraded, firstEvents } from './samples.js'
import { openSqlite } from './sqlite.js'

const root = new URL('../../', import.meta.url)
const migrations = new URL('migrations/sqlite', root).pathname

it('upgrades a file with events in it', async () => {
  const file = join(temporaryDir(), 'tagferry.db')
  const old = new DatabaseSync(file)
  old.exec('create table migrations (number integer primary key, name text not null) strict')
  old.exec(`insert into migrations values (1, '001-outbox.sql')`)
  old.exec(readFileSync(join(migrations, '001-outbox.sql'), 'utf8'))
  old.exec(firstEvents)
  old.close()

  const worker = new URL('dist/sqlite-worker.js', root)
  const store = await openSqlite({ file, key: randomBytes(32), migrations, worker, clock: () => now })
  try {
    await expectUpgraded(store)
  } finally {
    await store.close()
  }
})
