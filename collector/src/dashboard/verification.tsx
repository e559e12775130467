/** Verify installation: the first event, and what the site itself has said about the script in its pages. */
import type { ListedSite } from '../directory.js'
import type { Report } from '../verify.js'
import type { Context } from './page.js'
import { ActionForm, Mark, Time, type Tone } from './parts.js'

/** How long until the usual causes are worth reading. */
const patienceMs = 20_000

export async function verificationOf(context: Context, site: ListedSite) {
  const { house, now } = context
  const [first, asked] = await Promise.all([
    house.store.events({ site: site.domain, limit: 1 }),
    house.verification.last(site.domain),
  ])
  const last = first.events[0]
  return (
    <section data-reload={site.domain} data-after={last?.id}>
      <h2>Verify installation</h2>
      <p role="status">
        {last ? (
          <>
            <Mark tone="good">Event received</Mark> last one <Time at={last.receivedAt} />: {last.event}
          </>
        ) : (
          <Mark tone="waiting">Waiting for the first event…</Mark>
        )}
      </p>
      <ActionForm context={context} action="verify">
        <button type="submit" class="plain">
          Check my site
        </button>
      </ActionForm>
      {asked && (
        <p>
          <a href={`https://${site.domain}/?tagferry_verify=${asked.nonce}`} target="_blank" rel="noopener">
            Open my site and check
          </a>{' '}
          <small>
            Elsewhere, add ?tagferry_verify={asked.nonce} to any address of the site. Valid for an hour.
          </small>
        </p>
      )}
      {asked?.report ? (
        <Answers report={asked.report} />
      ) : (
        asked && now - asked.askedAt > patienceMs && <Causes />
      )}
    </section>
  )
}

/** What is worth a mark; the rest is shown as it came. */
function toneOf(key: string, value: string | number | boolean): Tone {
  if (key === 'copies') return value === 1 ? 'good' : 'bad'
  if (['cookie_kept', 'ttclid_kept', 'storage', 'secure'].includes(key))
    return value === true ? 'good' : 'bad'
  if (key === 'violations') return value === 0 || value === '' ? 'good' : 'bad'
  return 'plain'
}

const Answers = ({ report }: { report: Report }) => (
  <dl data-testid="report">
    {Object.entries(report).map(([key, value]) => (
      <>
        <dt key={key}>{key.replaceAll('_', ' ')}</dt>
        <dd>
          <Mark tone={toneOf(key, value)}>
            {value === true ? 'yes' : value === false ? 'no' : String(value) || 'none'}
          </Mark>
        </dd>
      </>
    ))}
  </dl>
)

const Causes = () => (
  <div>
    <p>No answer yet. The usual causes:</p>
    <ul>
      <li>The snippet was edited and not deployed, or a cache still has the page without it.</li>
      <li>You looked at Inspect instead of View source: what another script inserted is not in the page.</li>
      <li>
        It does not stand before <code>&lt;/head&gt;</code>, or an optimiser plugin has moved or delayed it.
      </li>
      <li>A consent banner holds scripts back, or the page's Content-Security-Policy blocks it.</li>
      <li>An ad blocker in your browser: try a window without extensions.</li>
    </ul>
  </div>
)
