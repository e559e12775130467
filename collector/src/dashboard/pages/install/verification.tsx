/** Verify installation: the first event, and what the site itself has said about the script in its pages. */
import type { SiteConfig } from '../../../sites/registry.js'
import type { Report } from '../../../verification/handshake.js'
import { ActionForm, Badge, Time, type Tone } from '../../components/elements.js'
import { type Context, to } from '../../page.js'

/** How long until the usual causes are worth reading. */
const patienceMs = 20_000

export async function verificationOf(context: Context, site: SiteConfig) {
  const { services, now } = context
  const [first, asked] = await Promise.all([
    services.store.events({ site: site.domain, limit: 1 }),
    services.verification.last(site.domain),
  ])
  const last = first.events[0]
  const url = last && (await services.store.event(last.id))?.stored?.page?.url
  return (
    <section data-reload={site.domain} data-after={last?.id}>
      <h2>Verify installation</h2>
      <div class="panel sheet">
        <p role="status">
          {last ? (
            <>
              <Badge tone="good">Event received</Badge> {last.event}
              {url && URL.canParse(url) && ` from ${new URL(url).origin}`}{' '}
              <small>
                <Time at={last.receivedAt} />
              </small>{' '}
              <a href={to('/events', site)}>See all events</a>
            </>
          ) : (
            <Badge tone="waiting">Waiting for the first event…</Badge>
          )}
        </p>
        <div class="row">
          {asked && (
            <a class="button" href={`${site.origin}/${checkOf(asked.nonce)}`} target="_blank" rel="noopener">
              Open my site and check
            </a>
          )}
          <ActionForm context={context} action="verify">
            <button type="submit" class={asked ? 'plain' : ''}>
              Check my site
            </button>
          </ActionForm>
        </div>
        {asked && (
          <p>
            <small>
              For another page of the site, put <code>{checkOf(asked.nonce)}</code> behind its address. Valid
              for an hour.
            </small>
          </p>
        )}
        {asked?.report ? (
          <Answers report={asked.report} at={asked.at ?? now} />
        ) : (
          asked && now - asked.askedAt > patienceMs && <Causes />
        )}
      </div>
    </section>
  )
}

/** A redirect that drops the query keeps what stands behind the #: so the page can tell that the click id is lost. */
const checkOf = (nonce: string) => `?ttclid=E.C.P.check#tagferry_verify=${nonce}`

interface Reading {
  label: string
  judge?: (value: Report[string], report: Report) => Tone
}

const good = (is: boolean): Tone => (is ? 'good' : 'bad')
const minutes = 60_000

/** What a page reports, in the order it is read; `parts/verify.ts` of the snippet writes it. */
const readings: Record<string, Reading> = {
  version: { label: 'Version of the script' },
  origin: { label: 'Page' },
  copies: { label: 'Copies of the script', judge: (value) => good(value === 1) },
  tag_in: { label: 'Stands in', judge: (value) => good(value === 'head') },
  tag_loading: { label: 'Loaded' },
  cookie_domain: { label: 'Cookies are kept on', judge: (value) => good(value !== '') },
  storage: { label: 'Local storage works', judge: (value) => good(value === true) },
  ttclid_seen: { label: 'Click id in the address' },
  ttclid_kept: {
    label: 'Click id kept',
    judge: (value, { ttclid_seen }) => (ttclid_seen ? good(value === true) : 'plain'),
  },
  consent: { label: 'Consent' },
  gpc: { label: 'Global Privacy Control' },
  referrer_policy: { label: 'Referrer-Policy of the page' },
  violations: { label: "Blocked by the page's policy", judge: (value) => good(value === '') },
  webdriver: { label: 'Automated browser' },
  skew: { label: 'Clock of the browser', judge: (value) => good(value === 'right') },
}

const wordsOf = (value: Report[string]) =>
  value === true ? 'yes' : value === false ? 'no' : String(value) || 'none'

function Answers({ report, at }: { report: Report; at: number }) {
  const { clock, ...told } = report
  const skew = typeof clock === 'number' ? Math.round((clock - at) / minutes) : 0
  const all: Report = { ...told, skew: skew === 0 ? 'right' : `${skew} minutes off` }
  return (
    <dl data-testid="report">
      {Object.entries(readings).map(([key, { label, judge }]) => {
        const value = all[key]
        return value === undefined ? null : (
          <div key={key}>
            <dt>{label}</dt>
            <dd>
              <Badge tone={judge?.(value, all) ?? 'plain'}>{wordsOf(value)}</Badge>
            </dd>
          </div>
        )
      })}
    </dl>
  )
}

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
