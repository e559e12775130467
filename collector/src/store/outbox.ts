/** The whole of what a driver offers: events on their way, what the owner has set, what the owner looks at. */
import type { Records } from './records.js'
import type { Reports } from './reports.js'
import type { Store } from './store.js'

export type Outbox = Store & Records & Reports
