/** Diagnostics: lists open and resolved issues, the owner's address as the collector sees it, and the change log. */
import { diagnosisOf, isCode } from '../../diagnose/registry.js'
import type { Records } from '../../store/records.js'
import { DomainPicker } from '../components/domain-picker.js'
import { EmptyState } from '../components/empty-state.js'
import { count } from '../components/format.js'
import { OpenIssueCards } from '../components/issue-cards.js'
import { ScrollArea } from '../components/scroll-area.js'
import { Time } from '../components/time.js'
import type { Form } from '../form.js'
import { type ActionResult, type Context, type Page, to } from '../page.js'
import { type ClosedIssue, type IssueTracker, ownerOf } from './issue-tracker.js'

export interface DiagnosticsDeps {
  store: Pick<Records, 'changes'>
  issues: IssueTracker
}

const changesPerPage = 50

export const createDiagnosticsPage = (deps: DiagnosticsDeps): Page => ({
  path: '/diagnostics',
  title: 'Diagnostics',
  nav: 'Diagnostics',
  view: (context) => viewDiagnostics(deps, context),
  actions: { dismiss: (form, context) => dismiss(deps, form, context) },
})

async function viewDiagnostics({ store, issues }: DiagnosticsDeps, context: Context) {
  const before = Number(context.query.get('before')) || undefined
  const report = await issues.check(context)
  const changes = await store.changes({ limit: changesPerPage, ...(before && { before }) })
  return (
    <>
      <DomainPicker context={context} path="/diagnostics" />
      <section>
        <h2>Open issues</h2>
        {report.open.length === 0 && <EmptyState title="Nothing is wrong" />}
        <OpenIssueCards context={context} issues={report.open} />
        {report.dismissed > 0 && (
          <p>{count(report.dismissed, 'issue')} dismissed: each returns when it opens anew.</p>
        )}
      </section>
      {report.closed.length > 0 && <ClosedIssues closed={report.closed} />}
      <OwnerAddress context={context} />
      <ChangeLog context={context} changes={changes} isFirst={!before} />
    </>
  )
}

const ClosedIssues = ({ closed }: { closed: readonly ClosedIssue[] }) => (
  <section>
    <h2>Resolved in the last 7 days</h2>
    <ul>
      {closed.map(({ code, at }) => (
        <li key={`${code} ${at}`}>
          {diagnosisOf(code).title}{' '}
          <small>
            seen closed <Time at={at} />
          </small>
        </li>
      ))}
    </ul>
  </section>
)

/** Lets the owner see whether visitors' addresses arrive, or that of a proxy. */
function OwnerAddress({ context }: { context: Context }) {
  const { address, isPublic } = ownerOf(context)
  return (
    <section data-testid="seen-as">
      <h2>Your address</h2>
      <p>
        We see <strong>you</strong> as <code>{address || 'nobody'}</code>
        {isPublic ? '.' : ', a private address. It is not sent.'}
      </p>
      <p>
        {isPublic
          ? 'If that is the address of your own connection, visitors are seen with theirs too.'
          : 'That is right if this browser is on the same machine or network as tagferry. If there is a proxy in front, set TAGFERRY_TRUST_PROXY to its address.'}
      </p>
    </section>
  )
}

type StoredChanges = Awaited<ReturnType<Records['changes']>>

interface ChangeLogProps {
  context: Context
  changes: StoredChanges
  isFirst: boolean
}

function ChangeLog({ context: { site }, changes, isFirst }: ChangeLogProps) {
  const last = changes.at(-1)
  return (
    <section>
      <h2>Change log</h2>
      {changes.length === 0 ? (
        <EmptyState title={isFirst ? 'Nothing was changed yet' : 'No older changes'} />
      ) : (
        <ChangeTable changes={changes} />
      )}
      <nav class="pager" aria-label="Pages of the change log">
        {!isFirst && <a href={to('/diagnostics', site)}>Newest</a>}
        {last && changes.length === changesPerPage && (
          <a href={to('/diagnostics', site, { before: String(last.id) })} rel="next">
            Older
          </a>
        )}
      </nav>
    </section>
  )
}

const ChangeTable = ({ changes }: { changes: StoredChanges }) => (
  <ScrollArea label="Change log">
    <table>
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">Who</th>
          <th scope="col">What</th>
          <th scope="col">Domain</th>
          <th scope="col">Detail</th>
        </tr>
      </thead>
      <tbody>
        {changes.map((change) => (
          <tr key={change.id}>
            <td>
              <Time at={change.at} />
            </td>
            <td>{change.who}</td>
            <td class="long">{change.what}</td>
            <td>{change.site}</td>
            <td class="long">{change.detail}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </ScrollArea>
)

async function dismiss({ issues }: DiagnosticsDeps, form: Form, context: Context): Promise<ActionResult> {
  const code = form.text('code')
  if (!isCode(code) || !(await issues.dismiss(context, code)))
    return { flashMessage: 'This issue is closed already.' }
  return { flashMessage: `Dismissed: ${diagnosisOf(code).title}. It returns when it opens anew.` }
}
