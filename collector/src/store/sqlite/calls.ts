/** All calls that SQLite's thread answers. Each runs inside a transaction of that thread. */
import { createAppend } from './append.js'
import { createClaims } from './claims.js'
import type { Context } from './context.js'
import { createQueries } from './queries.js'
import { createRecords } from './records.js'
import { createReplay } from './replay.js'
import { createReports } from './reports.js'

export type Calls = ReturnType<typeof createCalls>

export const createCalls = (context: Context) => ({
  ...createAppend(context),
  ...createClaims(context),
  ...createReplay(context),
  ...createQueries(context),
  ...createRecords(context),
  ...createReports(context),
})
