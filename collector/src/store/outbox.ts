/** The ports of a driver together. */
import type { InputProblems } from './input-problems.js'
import type { Records } from './records.js'
import type { Reports } from './reports.js'
import type { Store } from './store.js'

export type Outbox = Store & Records & Reports & InputProblems
