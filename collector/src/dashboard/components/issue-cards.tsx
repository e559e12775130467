/** Open issues of a domain as the dashboard shows them: since when, which were put aside, which have closed. */

import type { Owner } from '../../diagnose/facts.js'
import type { Issue } from '../../diagnose/issue.js'
import { type Code, diagnosisOf } from '../../diagnose/registry.js'
import type { Severity } from '../../diagnose/rule.js'
import { diagnose } from '../../diagnose/run.js'
import { cleanAddress, isPublic } from '../../http/client-ip.js'
import { type Context, to } from '../page.js'
import { ActionForm, Badge, type BadgeProps, Time } from './elements.js'

/** What was seen at the last look: issues are computed, so only this tells when one opened or closed. */
interface Seen {
  /** When each was first seen open, Unix milliseconds. */
  open: Partial<Record<Code, number>>
  closed: { code: Code; at: number }[]
}

const weekMs = 7 * 86_400_000
const seenId = (domain: string) => `issues:${domain}`
const dismissedId = (domain: string, code: string) => `dismissed:${domain}:${code}`

/** Open and not dismissed, the gravest first. */
export async function openIssues(context: Context): Promise<Issue[]> {
  return (await look(context)).issues
}

export interface Look {
  issues: Issue[]
  /** How many are open and were put aside. */
  dismissed: number
  /** Closed within a week, newest first. */
  closed: Seen['closed']
}

export async function look(context: Context): Promise<Look> {
  const { services, site, now } = context
  const all = await diagnose(services, site ? [site] : [], ownerOf(context))
  const domain = site?.domain ?? ''
  const seen = await remember(context, domain, all)
  const marks = await Promise.all(
    all.map(({ code }) => services.store.record('setting', dismissedId(domain, code))),
  )
  // It returns when it has closed in between, or when the facts are younger than the Dismiss.
  const issues = all.filter(({ code, since = 0 }, at) => {
    const { opened, at: dismissedAt = 0 } = (marks[at]?.body ?? {}) as { opened?: number; at?: number }
    return opened === undefined || opened !== seen.open[code] || since > dismissedAt
  })
  const closed = seen.closed.filter(({ at }) => at > now - weekMs)
  return { issues, dismissed: all.length - issues.length, closed: closed.toReversed() }
}

/** Writes only when an issue has opened or closed; of two who look at once, one does. */
async function remember({ services, now }: Context, domain: string, issues: readonly Issue[]): Promise<Seen> {
  const record = await services.store.record('setting', seenId(domain))
  const known: Seen = { open: {}, closed: [], ...(record?.body as Partial<Seen> | undefined) }
  const codes = new Set(issues.map(({ code }) => code))
  const closed = (Object.keys(known.open) as Code[]).filter((code) => !codes.has(code))
  const opened = [...codes].filter((code) => known.open[code] === undefined)
  if (closed.length === 0 && opened.length === 0) return known
  const next: Seen = {
    open: Object.fromEntries([...codes].map((code) => [code, known.open[code] ?? now])),
    closed: [...known.closed, ...closed.map((code) => ({ code, at: now }))].slice(-50),
  }
  const body = { ...next }
  await services.store.write([{ kind: 'setting', id: seenId(domain), body, seen: record?.version ?? 0 }])
  return next
}

/** Puts an issue aside until it opens anew. */
export async function dismiss(context: Context, code: Code): Promise<boolean> {
  const { services, site, now } = context
  const domain = site?.domain ?? ''
  const record = await services.store.record('setting', seenId(domain))
  const opened = (record?.body as Seen | undefined)?.open[code]
  if (opened === undefined) return false
  return services.store.write(
    [{ kind: 'setting', id: dismissedId(domain, code), body: { opened, at: now } }],
    {
      at: now,
      who: 'owner',
      what: 'Issue dismissed',
      ...(site && { site: domain }),
      detail: diagnosisOf(code).title,
    },
  )
}

export function ownerOf({ address, origin }: Pick<Context, 'address' | 'origin'>): Owner {
  const bare = cleanAddress(address)
  const { hostname } = new URL(origin)
  return {
    address: bare ?? '',
    isPublic: bare !== undefined && isPublic(bare),
    host: hostname.replace(/^\[|\]$/g, ''),
  }
}

const severityWords: Record<Severity, Omit<BadgeProps, 'children'> & { word: string }> = {
  error: { tone: 'bad', word: 'Error' },
  warning: { tone: 'waiting', sign: 'M6 1.500v5.500M6 9v1.500', word: 'Warning' },
  info: { tone: 'plain', sign: 'M6 1.500v1.500M6 5v5.500', word: 'Good to know' },
}

export function SeverityBadge({ severity }: { severity: Severity }) {
  const { word, ...mark } = severityWords[severity]
  return <Badge {...mark}>{word}</Badge>
}

/** A card for each. */
export function IssueCards({ context, issues }: { context: Context; issues: readonly Issue[] }) {
  return (
    <div class="cards wide">
      {issues.map((issue) => (
        <Card key={issue.code} context={context} issue={issue} />
      ))}
    </div>
  )
}

const diagnosticsPath = '/diagnostics'

function Card({ context, issue: { code, detail, since } }: { context: Context; issue: Issue }) {
  const { severity, title, why, fix, path } = diagnosisOf(code)
  const { site } = context
  return (
    <article class="card" id={code} data-testid="issue" data-code={code}>
      <h3>
        <SeverityBadge severity={severity} /> <span>{title}</span>
      </h3>
      {(detail || since !== undefined) && (
        <p>
          {detail}{' '}
          {since !== undefined && (
            <small>
              Since <Time at={since} />
            </small>
          )}
        </p>
      )}
      <p class="why">{why}</p>
      <p>{fix}</p>
      <div class="actions">
        {path && (
          <a class="button" href={to(path, site)}>
            Fix<span class="sr-only">: {title}</span>
          </a>
        )}
        <ActionForm context={context} action="dismiss" at={to(diagnosticsPath, site)}>
          <input type="hidden" name="code" value={code} />
          <button type="submit" class="plain">
            Dismiss<span class="sr-only">: {title}</span>
          </button>
        </ActionForm>
        <a href={`${to('/help', site)}#${code}`}>
          Help<span class="sr-only"> on: {title}</span>
        </a>
      </div>
    </article>
  )
}
