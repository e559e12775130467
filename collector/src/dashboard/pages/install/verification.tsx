/** Verify installation: shows the first event, and what the script reports about the page that it runs in. */
import type { SiteConfig } from '../../../sites/registry.js'
import type { ListedEvent, Reports } from '../../../store/reports.js'
import { minuteMs } from '../../../time.js'
import type { Verification as Handshake, Report } from '../../../verification/handshake.js'
import { ActionForm } from '../../components/action-form.js'
import { Badge, type Tone } from '../../components/badge.js'
import { Time } from '../../components/time.js'
import { type Context, to } from '../../page.js'

/** After this time without a report, the usual causes are listed. */
const causesAfterMs = 20_000

export type VerificationStore = Pick<Reports, 'event' | 'events'>

export interface VerificationDeps {
  store: VerificationStore
  verification: Pick<Handshake, 'last'>
}

export interface VerificationState {
  lastEvent: ListedEvent | undefined
  /** Page that sent the last event. */
  pageUrl: string | undefined
  /** The last request for a report, with the report if there is one. */
  request: Awaited<ReturnType<Handshake['last']>>
}

export async function loadVerification(
  { store, verification }: VerificationDeps,
  { domain }: SiteConfig,
): Promise<VerificationState> {
  const [{ events }, request] = await Promise.all([
    store.events({ site: domain, limit: 1 }),
    verification.last(domain),
  ])
  const [lastEvent] = events
  const detail = lastEvent && (await store.event(lastEvent.id))
  return { lastEvent, pageUrl: detail?.stored?.page?.url, request }
}

export interface VerificationProps extends VerificationState {
  context: Context
  site: SiteConfig
}

export function Verification({ context, site, lastEvent, pageUrl, request }: VerificationProps) {
  const { now } = context
  return (
    <section data-reload={site.domain} data-after={lastEvent?.id}>
      <h2>Verify installation</h2>
      <div class="panel sheet">
        <p role="status">
          {lastEvent ? (
            <LastEvent event={lastEvent} pageUrl={pageUrl} site={site} />
          ) : (
            <Badge tone="waiting">Waiting for the first event…</Badge>
          )}
        </p>
        <div class="row">
          {request && (
            <a
              class="button"
              href={`${site.origin}/${verifyParameters(request.nonce)}`}
              target="_blank"
              rel="noopener"
            >
              Open my site and check
            </a>
          )}
          <ActionForm context={context} action="verify">
            <button type="submit" class={request ? 'plain' : ''}>
              Check my site
            </button>
          </ActionForm>
        </div>
        {request && (
          <p>
            <small>
              For another page of the site, put <code>{verifyParameters(request.nonce)}</code> behind its
              address. Valid for an hour.
            </small>
          </p>
        )}
        {request?.report && <ReportList report={request.report} at={request.at ?? now} />}
        {request && !request.report && now - request.askedAt > causesAfterMs && <Causes />}
      </div>
    </section>
  )
}

interface LastEventProps {
  event: ListedEvent
  pageUrl: string | undefined
  site: SiteConfig
}

const LastEvent = ({ event, pageUrl, site }: LastEventProps) => (
  <>
    <Badge tone="good">Event received</Badge> {event.event}
    {pageUrl && URL.canParse(pageUrl) && ` from ${new URL(pageUrl).origin}`}{' '}
    <small>
      <Time at={event.receivedAt} />
    </small>{' '}
    <a href={to('/events', site)}>See all events</a>
  </>
)

/** Some redirects drop the query but keep the fragment: the script can then report that the click id is lost. */
const verifyParameters = (nonce: string) => `?ttclid=E.C.P.check#tagferry_verify=${nonce}`

interface ReportField {
  label: string
  /** Tone of the value; `plain` without a rule. */
  toneOf?: (value: Report[string], report: Report) => Tone
}

const goodIf = (condition: boolean): Tone => (condition ? 'good' : 'bad')

/** Fields of the report in the order of the list; `plugins/verify.ts` of the snippet writes them. */
const reportFields: Readonly<Record<string, ReportField>> = {
  version: { label: 'Version of the script' },
  origin: { label: 'Page' },
  copies: { label: 'Copies of the script', toneOf: (value) => goodIf(value === 1) },
  tag_in: { label: 'Stands in', toneOf: (value) => goodIf(value === 'head') },
  tag_loading: { label: 'Loaded' },
  cookie_domain: { label: 'Cookies are kept on', toneOf: (value) => goodIf(value !== '') },
  storage: { label: 'Local storage works', toneOf: (value) => goodIf(value === true) },
  ttclid_seen: { label: 'Click id in the address' },
  ttclid_kept: {
    label: 'Click id kept',
    toneOf: (value, { ttclid_seen }) => (ttclid_seen ? goodIf(value === true) : 'plain'),
  },
  consent: { label: 'Consent' },
  gpc: { label: 'Global Privacy Control' },
  referrer_policy: { label: 'Referrer-Policy of the page' },
  violations: { label: "Blocked by the page's policy", toneOf: (value) => goodIf(value === '') },
  webdriver: { label: 'Automated browser' },
  skew: { label: 'Clock of the browser', toneOf: (value) => goodIf(value === 'right') },
}

const valueLabel = (value: Report[string]) =>
  value === true ? 'yes' : value === false ? 'no' : String(value) || 'none'

/** @param at when the report arrived, Unix milliseconds */
function ReportList({ report: { clock, ...reported }, at }: { report: Report; at: number }) {
  const skewMinutes = typeof clock === 'number' ? Math.round((clock - at) / minuteMs) : 0
  const skew = skewMinutes === 0 ? 'right' : `${skewMinutes} minutes off`
  const report: Report = { ...reported, skew }
  return (
    <dl data-testid="report">
      {Object.entries(reportFields).map(([key, { label, toneOf }]) => {
        const value = report[key]
        return value === undefined ? null : (
          <div key={key}>
            <dt>{label}</dt>
            <dd>
              <Badge tone={toneOf?.(value, report) ?? 'plain'}>{valueLabel(value)}</Badge>
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
