/** Configuration > Privacy: what decides on Limited Data Use and consent, and how long events are kept. */
import { type Page, to } from '../page.js'
import { DomainPicker, NoDomain, SetBy } from '../parts.js'
import { ConfigurationTabs } from '../tabs.js'

const scopes: Record<string, string> = {
  ccpa: 'Visitors from California',
  states: 'Visitors from US states with such a law',
  us: 'All visitors from the US',
  all: 'Everybody',
  off: 'Nobody by place alone',
}

export const privacy: Page = {
  path: '/configuration/privacy',
  title: 'Configuration',
  view(context) {
    const { site, house } = context
    if (!site) return <NoDomain />
    const value = (name: string) => house.settings.get(name)?.value ?? ''
    const scope = value('TAGFERRY_LDU_SCOPE')
    return (
      <>
        <DomainPicker context={context} path="/configuration/privacy" />
        <ConfigurationTabs context={context} path="/configuration/privacy" />
        <h2>Limited Data Use</h2>
        <p>
          TikTok treats an event with this flag as the laws of US states ask. A visitor's own signal always
          counts, wherever they are: Global Privacy Control, US Privacy and GPP strings, the site's own
          opt-out. The reason stands with each event under <a href={to('/events', site)}>Events</a>.
        </p>
        <dl>
          <dt>Flagged by place</dt>
          <dd>
            {scopes[scope] ?? `Visitors from ${scope}`} <SetBy name="TAGFERRY_LDU_SCOPE" />
          </dd>
          <dt>Where the country is not known</dt>
          <dd>
            {value('TAGFERRY_LDU_UNKNOWN') === 'true' ? 'Flagged' : 'Not flagged'}{' '}
            <SetBy name="TAGFERRY_LDU_UNKNOWN" />
          </dd>
        </dl>
        <h2>Consent</h2>
        <p>
          With <code>data-consent="required"</code> in the script tag nothing is kept or sent until the
          visitor agrees. <code>t.js</code> reads TCF 2.2, Google consent mode and the WP Consent API by
          itself; a shop without these calls <code>tagferry.consent('grant')</code>. What arrives with consent
          denied is Skipped, and what the same person sent before and still waits is Skipped too.
        </p>
        <h2>What is kept</h2>
        <dl>
          <dt>E-mail, phone, name, external id</dt>
          <dd>as SHA-256 only, hashed on receipt</dd>
          <dt>IP address and user agent</dt>
          <dd>encrypted (AES-256-GCM) until delivery: TikTok needs them in the clear, a retry too</dd>
          <dt>Access Tokens</dt>
          <dd>encrypted (AES-256-GCM); never logged, never shown again</dd>
          <dt>Events</dt>
          <dd>
            {value('TAGFERRY_RETENTION_DAYS')} days <SetBy name="TAGFERRY_RETENTION_DAYS" />
          </dd>
        </dl>
        <p>
          A person's events are removed by <code>tagferry erase --email …</code>.
        </p>
      </>
    )
  },
}
