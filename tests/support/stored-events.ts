// Reads the collector's SQLite file, while the collector runs or after it has ended.
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { waitFor } from './wait.js'

export interface StoredEvent {
  event: string
  event_id: string
  /** State of its delivery; null if it has none. */
  state: string | null
  skip_reason: string | null
}

/** Every event in the file, in the order of arrival. */
export function readStoredEvents(dataDir: string): StoredEvent[] {
  const database = new DatabaseSync(join(dataDir, 'tagferry.db'), { readOnly: true })
  try {
    return database
      .prepare(
        'select e.event, e.event_id, d.state, e.skip_reason from events e left join deliveries d on d.event = e.id order by e.id',
      )
      .all() as unknown as StoredEvent[]
  } finally {
    database.close()
  }
}

/** Waits until no delivery is pending: TikTok's answer reaches the file some time after TikTok has sent it. */
export async function waitUntilSettled(dataDir: string): Promise<void> {
  await waitFor('the end of all deliveries', () =>
    readStoredEvents(dataDir).every(({ state }) => state !== 'pending'),
  )
}
