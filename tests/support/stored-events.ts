// Knows how to look into the collector's SQLite file after it has ended.
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'

export interface StoredEvent {
  event: string
  event_id: string
  /** Of its delivery; null for an event that has none. */
  state: string | null
  skip_reason: string | null
}

/** Every event in the file, with the state of its delivery. */
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
