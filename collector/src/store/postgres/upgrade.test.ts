/** A database of the first schema opens, keeps its events, and counts from then on. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'vitest'
import { ask, freshDatabase } from '../../../../tests/support/postgres.js'
import { migrationsOf, postgresOptions } from '../../../../tests/support/store-drivers.js'
import { expectUpgraded, firstEvents } from '../../../../tests/support/store-samples.js'
import { openPostgres } from './postgres.js'

const migrations = migrationsOf('postgres')

it('upgrades a database with events in it', async () => {
  const url = await freshDatabase()
  await ask(url, 'create table migrations (number integer primary key, name text not null)')
  await ask(url, `insert into migrations values (1, '001-outbox.sql')`)
  await ask(url, readFileSync(join(migrations, '001-outbox.sql'), 'utf8'))
  await ask(url, firstEvents)
  await ask(url, `select setval('events_id_seq', 9)`)

  const store = await openPostgres(postgresOptions(url))
  try {
    await expectUpgraded(store)
  } finally {
    await store.close()
  }
})
