/** Tracks the issues of a domain: since when each is open, which are dismissed, which were resolved. */
import type { Owner, Sources } from '../../diagnose/facts.js'
import type { Issue } from '../../diagnose/issue.js'
import { type Code, diagnosisOf } from '../../diagnose/registry.js'
import { diagnose } from '../../diagnose/run.js'
import { cleanAddress } from '../../http/client-ip.js'
import { isPublic } from '../../http/ip-ranges.js'
import type { Records } from '../../store/records.js'
import { dayMs } from '../../time.js'
import type { Context } from '../page.js'

export interface IssueTracker {
  /** Runs all checks now, and records which issues have opened or closed since the last time. */
  check(context: Context): Promise<IssueReport>
  /** Hides an issue until it opens again. Returns false where it is closed already. */
  dismiss(context: Context, code: Code): Promise<boolean>
}

export interface IssueReport {
  /** Open and not dismissed, most severe first. */
  open: Issue[]
  /** Number of open issues that are dismissed. */
  dismissed: number
  /** Closed within a week, newest first. */
  closed: ClosedIssue[]
}

export interface ClosedIssue {
  code: Code
  /** When it was first found closed, Unix milliseconds. */
  at: number
}

/** Issues are computed, not stored. Only this record tells when one has opened or closed. */
interface StoredHistory {
  /** When each open issue was first found, Unix milliseconds. */
  open: Partial<Record<Code, number>>
  closed: ClosedIssue[]
}

interface StoredDismissal {
  /** The opening that was dismissed, as in `StoredHistory`. */
  opened?: number
  at?: number
}

type Store = Sources['store'] & Pick<Records, 'write'>

const shownClosedMs = 7 * dayMs
const maxStoredClosed = 50
const historyId = (domain: string) => `issues:${domain}`
const dismissalId = (domain: string, code: string) => `dismissed:${domain}:${code}`

export function createIssueTracker(deps: Sources & { store: Store }): IssueTracker {
  return {
    check: (context) => check(deps, context),
    dismiss: (context, code) => dismiss(deps.store, context, code),
  }
}

async function check(deps: Sources & { store: Store }, context: Context): Promise<IssueReport> {
  const { site, now } = context
  const domain = site?.domain ?? ''
  const issues = await diagnose(deps, site ? [site] : [], ownerOf(context))
  const history = await updateHistory(deps.store, domain, issues, now)
  const dismissals = await Promise.all(
    issues.map(({ code }) => deps.store.record('setting', dismissalId(domain, code))),
  )
  const open = issues.filter((issue, index) => {
    const dismissal: StoredDismissal = dismissals[index]?.body ?? {}
    return !isDismissed(issue, dismissal, history)
  })
  const closed = history.closed.filter(({ at }) => at > now - shownClosedMs)
  return { open, dismissed: issues.length - open.length, closed: closed.toReversed() }
}

/** A dismissal ends when the issue has closed in between, or when its facts are newer than the dismissal. */
function isDismissed(
  { code, since = 0 }: Issue,
  { opened, at: dismissedAt = 0 }: StoredDismissal,
  history: StoredHistory,
): boolean {
  return opened !== undefined && opened === history.open[code] && since <= dismissedAt
}

/** Writes only when an issue has opened or closed. Of two concurrent requests, one writes. */
async function updateHistory(
  store: Store,
  domain: string,
  issues: readonly Issue[],
  now: number,
): Promise<StoredHistory> {
  const record = await store.record('setting', historyId(domain))
  const previous: StoredHistory = { open: {}, closed: [], ...record?.body }
  const codes = new Set(issues.map(({ code }) => code))
  const closed = (Object.keys(previous.open) as Code[]).filter((code) => !codes.has(code))
  const opened = [...codes].filter((code) => previous.open[code] === undefined)
  if (closed.length === 0 && opened.length === 0) return previous
  const next: StoredHistory = {
    open: Object.fromEntries([...codes].map((code) => [code, previous.open[code] ?? now])),
    closed: [...previous.closed, ...closed.map((code) => ({ code, at: now }))].slice(-maxStoredClosed),
  }
  await store.write([
    { kind: 'setting', id: historyId(domain), body: { ...next }, seen: record?.version ?? 0 },
  ])
  return next
}

async function dismiss(store: Store, { site, now }: Context, code: Code): Promise<boolean> {
  const domain = site?.domain ?? ''
  const record = await store.record('setting', historyId(domain))
  const history: Partial<StoredHistory> = record?.body ?? {}
  const opened = history.open?.[code]
  if (opened === undefined) return false
  return store.write([{ kind: 'setting', id: dismissalId(domain, code), body: { opened, at: now } }], {
    at: now,
    who: 'owner',
    what: 'Issue dismissed',
    ...(site && { site: domain }),
    detail: diagnosisOf(code).title,
  })
}

/** What this collector sees of the owner's browser. */
export function ownerOf({ address, origin }: Pick<Context, 'address' | 'origin'>): Owner {
  const bare = cleanAddress(address)
  const { hostname } = new URL(origin)
  return {
    address: bare ?? '',
    isPublic: bare !== undefined && isPublic(bare),
    host: hostname.replace(/^\[|\]$/g, ''),
  }
}
