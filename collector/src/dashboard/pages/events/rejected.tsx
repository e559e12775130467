/** Rejected: lists what was refused, left out or changed on arrival, by rule and place, without values. */
import type { SiteConfig } from '../../../sites/registry.js'
import type { CountedProblem, InputProblems } from '../../../store/input-problems.js'
import { hourMs } from '../../../time.js'
import { DomainPicker } from '../../components/domain-picker.js'
import { EmptyState, NoDomain } from '../../components/empty-state.js'
import { ScrollArea } from '../../components/scroll-area.js'
import { Time } from '../../components/time.js'
import { type Context, type Page, to } from '../../page.js'

export interface RejectedDeps {
  store: InputProblems
}

const path = '/rejected'
const days = 7

export const createRejectedPage = (deps: RejectedDeps): Page => ({
  path,
  title: 'Rejected',
  view: (context) => (context.site ? viewRejected(deps, context, context.site) : <NoDomain />),
})

async function viewRejected({ store }: RejectedDeps, context: Context, { domain }: SiteConfig) {
  const from = Math.floor(context.now / hourMs) - days * 24
  const [ofSite, ofNobody] = await Promise.all([
    store.inputProblems({ site: domain, from }),
    store.inputProblems({ site: '', from }),
  ])
  const refused = ofSite.filter(({ status }) => status !== 202)
  const warnings = ofSite.filter(({ status }) => status === 202)
  return (
    <>
      <DomainPicker context={context} path={path} />
      <p>
        The last {days} days, the newest first. Only the place and the rule are stored, never a value.{' '}
        <a href={to('/events', context.site)}>All events</a>
      </p>
      <h2>Refused requests</h2>
      <p>Nothing of such a request was stored. Its sender has the reason in the answer.</p>
      <Problems label="Refused requests" problems={refused} />
      <h2>Left out or changed</h2>
      <p>The event was stored without this field, or with a corrected one.</p>
      <Problems label="Left out or changed" problems={warnings} isStored />
      <h2>Requests without a known domain</h2>
      <p>Anybody can send such requests. One of your own senders may use a wrong key or address.</p>
      <Problems label="Requests without a known domain" problems={ofNobody} />
    </>
  )
}

interface ProblemsProps {
  label: string
  problems: readonly CountedProblem[]
  /** All have the status 202, which says nothing. */
  isStored?: boolean
}

function Problems({ label, problems, isStored }: ProblemsProps) {
  if (problems.length === 0) return <EmptyState title="None" />
  return (
    <ScrollArea label={label}>
      <table>
        <thead>
          <tr>
            <th scope="col">Rule</th>
            <th scope="col">Place</th>
            <th scope="col">Route</th>
            {!isStored && (
              <th scope="col" class="number">
                Status
              </th>
            )}
            <th scope="col" class="number">
              Count
            </th>
            <th scope="col">Newest</th>
          </tr>
        </thead>
        <tbody>
          {problems.map(({ rule, path: place, route, status, count, lastAt }) => (
            <tr key={`${rule} ${place} ${route} ${status}`}>
              <th scope="row">{rule}</th>
              <td class="longer">{place === '' ? 'whole request' : <code>{place}</code>}</td>
              <td>{route}</td>
              {!isStored && <td class="number">{status}</td>}
              <td class="number">{count.toLocaleString('en-US')}</td>
              <td>
                <Time at={lastAt} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollArea>
  )
}
