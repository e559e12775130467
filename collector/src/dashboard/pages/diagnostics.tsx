/** Diagnostics: what is wrong and what to do, what has closed, how the owner is seen, and who changed what. */
import { diagnosisOf, isCode } from '../../diagnose/registry.js'
import { DomainPicker, Empty, ScrollArea, Time } from '../components/elements.js'
import { dismiss, IssueCards, type Look, look, ownerOf } from '../components/issue-cards.js'
import { count } from '../components/labels.js'
import { type Context, type Page, to } from '../page.js'

const perPage = 50

export const diagnostics: Page = {
  path: '/diagnostics',
  title: 'Diagnostics',
  nav: 'Diagnostics',
  async view(context) {
    const found = await look(context)
    return (
      <>
        <DomainPicker context={context} path="/diagnostics" />
        <section>
          <h2>Open issues</h2>
          {found.issues.length === 0 && <Empty title="Nothing is wrong" />}
          <IssueCards context={context} issues={found.issues} />
          {found.dismissed > 0 && (
            <p>{count(found.dismissed, 'issue')} dismissed: each returns when it opens anew.</p>
          )}
        </section>
        <Closed closed={found.closed} />
        <SeenAs context={context} />
        {await changeLog(context)}
      </>
    )
  },
  actions: {
    async dismiss(form, context) {
      const code = form.text('code')
      if (!isCode(code) || !(await dismiss(context, code))) return { said: 'This issue is closed already.' }
      return { said: `Dismissed: ${diagnosisOf(code).title}. It returns when it opens anew.` }
    },
  },
}

const Closed = ({ closed }: Pick<Look, 'closed'>) =>
  closed.length === 0 ? null : (
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

function SeenAs({ context }: { context: Context }) {
  const { address, isPublic } = ownerOf(context)
  return (
    <section data-testid="seen-as">
      <h2>Your address</h2>
      <p>
        We see <strong>you</strong> as <code>{address || 'nobody'}</code>
        {isPublic ? '.' : ', a private address. TikTok would get that for every visitor.'}
      </p>
      <p>
        {isPublic
          ? 'If that is the address of your own connection, visitors are seen with theirs too.'
          : 'That is right if this browser is on the same machine or network as tagferry. If there is a proxy in front, set TAGFERRY_TRUST_PROXY to its address.'}
      </p>
    </section>
  )
}

async function changeLog({ services, site, query }: Context) {
  const before = Number(query.get('before')) || undefined
  const changes = await services.store.changes({ limit: perPage, ...(before && { before }) })
  const last = changes.at(-1)
  return (
    <section>
      <h2>Change log</h2>
      {changes.length === 0 ? (
        <Empty title={before ? 'No older changes' : 'Nothing was changed yet'} />
      ) : (
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
      )}
      <nav class="pager" aria-label="Pages of the change log">
        {before && <a href={to('/diagnostics', site)}>Newest</a>}
        {last && changes.length === perPage && (
          <a href={to('/diagnostics', site, { before: String(last.id) })} rel="next">
            Older
          </a>
        )}
      </nav>
    </section>
  )
}
