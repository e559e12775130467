/** A file of the first schema opens, keeps its events, and counts from then on. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { expect, it } from 'vitest'
import { migrationsOf, now, sqliteOptions } from '../../../../tests/support/store-drivers.js'
import { expectUpgraded, firstEvents } from '../../../../tests/support/store-samples.js'
import { temporaryDir } from '../../../../tests/support/temporary.js'
import { openSqlite } from './sqlite.js'

const migrations = migrationsOf('sqlite')

it('upgrades a file with events in it', async () => {
  const file = join(temporaryDir(), 'tagferry.db')
  const old = new DatabaseSync(file)
  old.exec('create table migrations (number integer primary key, name text not null) strict')
  old.exec(`insert into migrations values (1, '001-outbox.sql')`)
  old.exec(readFileSync(join(migrations, '001-outbox.sql'), 'utf8'))
  old.exec(firstEvents)
  // Of an event that has left: its id is not given again.
  old.exec(`insert into attempts (site, vendor, at, duration_ms, outcome, ambiguous, events)
    values ('shop.example', 'tiktok', ${now}, 5, 'delivered', 0, '[6,7]')`)
  old.close()

  const store = await openSqlite(sqliteOptions(file))
  try {
    await expectUpgraded(store)
    expect((await store.events({ limit: 1 })).events[0]?.id).toBe(8)
  } finally {
    await store.close()
  }
})
