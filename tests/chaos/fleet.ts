// Starts several collectors on one PostgreSQL. Each start has a name of its own in the database and at TikTok.
import type { Program } from '../support/program.js'
import { startCollector } from './collector.js'
import type { Data } from './data.js'
import type { Sink } from './sink.js'

export interface Member extends Program {
  /** Its user in the database and its token at TikTok. */
  name: string
}

let last = 0

/** Starts one more collector on the data. */
export async function addMember(data: Data, sink: Sink, main?: string): Promise<Member> {
  const name = `collector_${++last}`
  await data.query(`create role ${name} superuser login password 'only-for-tests'`)
  const url = new URL(data.env.TAGFERRY_DATABASE_URL as string)
  url.username = name
  url.password = 'only-for-tests'
  const dataOfMember = { ...data, env: { ...data.env, TAGFERRY_DATABASE_URL: url.href } }
  const program = await startCollector({ data: dataOfMember, sink, token: name, ...(main && { main }) })
  return { ...program, name }
}

/** Number of events in the last request of a member. */
export const lastBatchSize = (sink: Sink, { name }: Member): number =>
  sink.batches.findLast(({ token }) => token === name)?.ids.length ?? 0

/** Number of events in requests that TikTok may have booked without an answer. */
export async function countAmbiguous(data: Data): Promise<number> {
  const [row] = await data.query<{ n: number }>(
    'select coalesce(sum(event_count), 0)::int as n from attempts where ambiguous = 1',
  )
  return row?.n ?? 0
}
