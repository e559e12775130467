/** Renders issues as cards that say what happened, why it matters and what to do. */
import type { Issue } from '../../diagnose/issue.js'
import { diagnosisOf } from '../../diagnose/registry.js'
import { type Context, to } from '../page.js'
import { ActionForm } from './action-form.js'
import { SeverityBadge } from './badge.js'
import { Time } from './time.js'

export interface IssueCardsProps {
  context: Context
  issues: readonly Issue[]
}

/** Open issues, each with buttons to fix and to dismiss it. */
export const OpenIssueCards = ({ context, issues }: IssueCardsProps) => (
  <div class="cards wide">
    {issues.map((issue) => (
      <OpenIssueCard key={issue.code} context={context} issue={issue} />
    ))}
  </div>
)

function OpenIssueCard({ context, issue }: { context: Context; issue: Issue }) {
  const { code, detail, since, vendor } = issue
  const { severity, title, why, fix, path } = diagnosisOf(code, vendor)
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
        <ActionForm context={context} action="dismiss" at={to('/diagnostics', site)}>
          <input type="hidden" name="code" value={code} />
          <button type="submit" class="plain">
            Dismiss<span class="sr-only">: {title}</span>
          </button>
        </ActionForm>
        <HelpLink code={code} title={title} context={context} />
      </div>
    </article>
  )
}

export interface FindingCardsProps {
  context: Context
  findings: readonly Pick<Issue, 'code' | 'detail' | 'vendor'>[]
}

/** Findings of a single check, which nobody can dismiss. */
export const FindingCards = ({ context, findings }: FindingCardsProps) => (
  <div class="cards wide">
    {findings.map(({ code, detail, vendor }) => {
      const { severity, title, why, fix } = diagnosisOf(code, vendor)
      return (
        <article key={code} class="card" data-code={code}>
          <h3>
            <SeverityBadge severity={severity} /> <span>{title}</span>
          </h3>
          {detail && <p>{detail}</p>}
          <p class="why">{why}</p>
          <p>{fix}</p>
          <p>
            <HelpLink code={code} title={title} context={context} />
          </p>
        </article>
      )
    })}
  </div>
)

const HelpLink = ({ code, title, context }: { code: string; title: string; context: Context }) => (
  <a href={`${to('/help', context.site)}#${code}`}>
    Help<span class="sr-only"> on: {title}</span>
  </a>
)
