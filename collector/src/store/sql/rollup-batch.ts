/** What is counted of each event by the hour of its arrival, the same in both drivers. */
import { type HashedEvent, type HashedUser, standardEvents } from '../../event.js'
import { type MatchKey, matchKeys, waitEdges } from '../reports.js'

/** Names that have counts of their own; anybody may make up others, and those share one name. */
export const countedNames: ReadonlySet<string> = new Set([...standardEvents, 'CompletePayment', 'SubmitForm'])
export const customName = 'custom'
export const countedName = (event: string) => (countedNames.has(event) ? event : customName)

export const hourMs = 3_600_000
export const hourOf = (ms: number) => Math.floor(ms / hourMs)

/** Columns of `hours` behind its key. */
export const countColumns = [
  'browser',
  'server',
  'duplicates',
  'delivered',
  'failed',
  'skipped',
  'ldu',
  ...matchKeys,
] as const
export type CountColumn = (typeof countColumns)[number]

/** The bucket of a wait: how many edges it has reached. */
export function bucketOf(ms: number): number {
  const bucket = waitEdges.findIndex((edge) => ms < edge)
  return bucket === -1 ? waitEdges.length : bucket
}

/** Columns that a row's marks tell of, by the number of their bit. */
export const flagColumns = ['ldu', ...matchKeys] as const

export function flagsOf(event: HashedEvent): number {
  const visitor = hasVisitor(event)
  let marks = event.limitedDataUse ? 1 : 0
  let mark = 1
  for (const key of matchKeys) {
    mark *= 2
    if (isKnownBy(event.user, visitor, key)) marks |= mark
  }
  return marks
}

/** One of the two alone matches nobody. */
export const hasVisitor = ({ visitor }: Pick<HashedEvent, 'visitor'>) =>
  Boolean(visitor.ip && visitor.userAgent)

export const keysOf = (user: HashedUser, visitor: boolean): MatchKey[] =>
  matchKeys.filter((key) => isKnownBy(user, visitor, key))

const isKnownBy = (user: HashedUser, visitor: boolean, key: MatchKey) =>
  key === 'visitor' ? visitor : (user[key]?.length ?? 0) > 0

const currencies = new Set(Intl.supportedValuesOf('currency'))
/** Beyond it nobody has sold anything, and a sum of such could not be told. */
const mostMoney = 1e12

/** The money of an event where it can be summed up: a sane amount of a currency that there is. */
export function moneyOf({ properties }: HashedEvent): { value: number; currency: string } | undefined {
  const { value, currency } = properties ?? {}
  if (typeof value !== 'number' || !(Math.abs(value) <= mostMoney)) return undefined
  return typeof currency === 'string' && currencies.has(currency) ? { value, currency } : undefined
}
