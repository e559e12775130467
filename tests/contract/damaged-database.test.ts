// Tests that a damaged or newer database is refused with a sentence that says what to do.
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { describe, expect, it } from 'vitest'
import { startCollector } from '../support/collector.js'
import { temporaryDir } from '../support/temporary.js'

describe('the collector', () => {
  it('refuses a file that is not a database, and says what to do', async () => {
    const dataDir = temporaryDir()
    writeFileSync(join(dataDir, 'tagferry.db'), randomBytes(100_000))
    await expect(startCollector({ dataDir })).rejects.toThrow(
      /tagferry\.db is damaged .*Restore it from a backup, or move it away/s,
    )
  })

  it('refuses a database with the schema of a newer version', async () => {
    const dataDir = temporaryDir()
    await (await startCollector({ dataDir })).stop()
    const database = new DatabaseSync(join(dataDir, 'tagferry.db'))
    database.exec("insert into migrations values (999, '999-later.sql')")
    database.close()
    await expect(startCollector({ dataDir })).rejects.toThrow(/has schema 999, this program knows \d+/)
  })
})
