/** Decides what is counted of each event in the hour of its arrival. The same in both drivers. */
import { clickIds } from '../../click-ids.js'
import { type HashedEvent, type HashedUser, isIdentifier, standardEvents } from '../../event.js'
import { hourMs } from '../../time.js'
import { type MatchKey, waitEdges } from '../reports.js'

/** Event names with counts of their own. Anybody may invent further names, and those share one. */
export const countedNames: ReadonlySet<string> = new Set([...standardEvents, 'CompletePayment', 'SubmitForm'])
export const customName = 'custom'
export const countedName = (event: string) => (countedNames.has(event) ? event : customName)

/** The Unix hour of a time in milliseconds. */
export const hourOf = (ms: number) => Math.floor(ms / hourMs)

/** Columns of the table `hours` behind its key. */
export const countColumns = [
  'browser',
  'server',
  'duplicates',
  'delivered',
  'failed',
  'skipped',
  'ldu',
] as const
export type CountColumn = (typeof countColumns)[number]

/** The bucket of a wait: the number of edges that it reaches. */
export function bucketOf(ms: number): number {
  const bucket = waitEdges.findIndex((edge) => ms < edge)
  return bucket === -1 ? waitEdges.length : bucket
}

/** An address without a user agent matches nobody, and neither does a user agent alone. */
export const hasVisitor = ({ visitor }: Pick<HashedEvent, 'visitor'>) =>
  Boolean(visitor.ip && visitor.userAgent)

const keysOfTable = (ofClick: boolean) =>
  clickIds.filter((row) => 'parameter' in row === ofClick).map(({ key }) => key)

/** Match keys of the vendors that this program knows, in the order in which lists show them. A test may add vendors. */
export const matchKeys: readonly MatchKey[] = [
  ...keysOfTable(true),
  ...['email', 'phone', 'external_id'],
  ...keysOfTable(false),
  'visitor',
]

/**
 * The match keys of an event, joined by commas: a text costs SQLite's thread less than a list.
 * @param visitor whether the event came with a visitor's address and user agent
 */
export function keysOf(user: HashedUser, visitor: boolean): string {
  let keys = visitor ? 'visitor' : ''
  for (const field in user) {
    // Beside the digits of a phone number there is always its E.164 form.
    if (field === 'phone_digits' || !isIdentifier(field)) continue
    keys += keys === '' ? field : `,${field}`
  }
  return keys
}

export const splitKeys = (keys: string): MatchKey[] => (keys === '' ? [] : keys.split(','))

/** The match keys of an event in the order in which lists show them. */
export function matchKeysOf(user: HashedUser, visitor: boolean): MatchKey[] {
  const keys = new Set(splitKeys(keysOf(user, visitor)))
  return [...matchKeys.filter((key) => keys.delete(key)), ...keys]
}

const currencies = new Set(Intl.supportedValuesOf('currency'))
/** No real sale is larger, and a few larger amounts would make every sum meaningless. */
const maxValue = 1e12

/** The money of an event, where it can be summed up: a plausible amount in an existing currency. */
export function moneyOf({ properties }: HashedEvent): { value: number; currency: string } | undefined {
  const { value, currency } = properties ?? {}
  if (typeof value !== 'number' || !(Math.abs(value) <= maxValue)) return undefined
  return typeof currency === 'string' && currencies.has(currency) ? { value, currency } : undefined
}
