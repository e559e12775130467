/** Configuration > Privacy: what decides on Limited Data Use and consent of a domain, and how long events are kept. */
import { lduScope, scopeText } from '../../../config/schema.js'
import { lawInForce, lawsFrom } from '../../../privacy/laws.js'
import { ActionForm, DomainPicker, Field, ManagedBy, NoDomain } from '../../components/elements.js'
import { Select } from '../../components/fields.js'
import { type Context, type Page, to } from '../../page.js'
import { ConfigurationTabs } from './tabs.js'

const scopes: Record<string, string> = {
  ccpa: 'Visitors from California',
  states: 'Visitors from US states with such a law',
  us: 'All visitors from the US',
  all: 'Everybody',
  off: 'Nobody by place alone',
}
const ofStates = 'list'

const wordsOf = (scope: string) => scopes[scope] ?? `Visitors from ${scope.replaceAll(',', ', ')}`
const flagged = (is: boolean) => (is ? 'Flagged' : 'Not flagged')

export const privacy: Page = {
  path: '/configuration/privacy',
  title: 'Configuration',
  async view(context) {
    const { site, services } = context
    if (!site) return <NoDomain />
    const { report } = (await services.verification.last(site.domain)) ?? {}
    const days = services.settings.get('TAGFERRY_RETENTION_DAYS')?.value
    return (
      <>
        <DomainPicker context={context} path="/configuration/privacy" />
        <ConfigurationTabs context={context} path="/configuration/privacy" />
        <ActionForm context={context} action="save" class="panel">
          <h2>Limited Data Use</h2>
          <p>
            TikTok treats an event with this flag as the laws of US states ask. A visitor's own signal always
            counts, wherever they are: Global Privacy Control, US Privacy and GPP strings, the site's own
            opt-out. The reason stands with each event under <a href={to('/events', site)}>Events</a>.
          </p>
          <Scope context={context} />
          <h2>Consent</h2>
          <Select
            context={context}
            action="save"
            name="consent"
            label="An event without a word on consent"
            value={site.consentRequired ? 'required' : ''}
            options={{ '': 'Is sent', required: 'Is Skipped: consent is required' }}
            hint="What comes with consent denied is always Skipped, and so is what the same person sent before and still waits."
            disabled={site.managedByEnv}
          />
          <p>
            Where it is required, the tag under <a href={to('/install', site)}>Install</a> says{' '}
            <code>data-consent="required"</code>: the script then holds everything until the visitor agrees.{' '}
            <code>t.js</code> reads TCF 2.2, Google consent mode and the WP Consent API by itself; a shop
            without these calls <code>tagferry.consent('grant')</code>. A server says{' '}
            <code>"privacy": {'{"consent": "granted"}'}</code>.
          </p>
          {report?.consent !== undefined && (
            <p>
              At the last check your site said:{' '}
              <strong>{String(report.consent) || 'no consent source'}</strong>.
            </p>
          )}
          {site.managedByEnv ? <ManagedBy name="TAGFERRY_SITES" /> : <button type="submit">Save</button>}
        </ActionForm>
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
            {days} days <ManagedBy name="TAGFERRY_RETENTION_DAYS" />
          </dd>
        </dl>
        <p>
          A person's events are removed by <code>tagferry erase --email …</code>.
        </p>
      </>
    )
  },
  actions: {
    async save(form, { services, site, now }) {
      const record = site && (await services.store.record('site', site.domain))
      if (!site || site.managedByEnv || !record)
        return { problems: { '': 'This domain is gone, or is set by TAGFERRY_SITES.' } }
      const chosen = form.text('scope')
      const unknown = form.text('unknown')
      const consentRequired = form.text('consent') === 'required'
      const read = lduScope.safeParse(chosen === ofStates ? form.text('states') : chosen)
      if (chosen === ofStates && (!read.success || typeof read.data === 'string'))
        return {
          problems: { states: 'Enter states of the US with commas between them, such as US-CA, US-TX.' },
        }
      const scope = read.data && scopeText(read.data)
      const { lduScope: _scope, lduUnknown: _unknown, consentRequired: _consent, ...kept } = record.body
      const body = {
        ...kept,
        consentRequired,
        ...(scope !== undefined && { lduScope: scope }),
        ...(unknown !== '' && { lduUnknown: unknown === 'true' }),
      }
      await services.store.write([{ kind: 'site', id: site.domain, body }], {
        at: now,
        who: 'owner',
        what: 'Privacy configuration saved',
        site: site.domain,
        detail: [
          `Limited Data Use: ${scope ?? 'default'}`,
          `country not known: ${unknown === '' ? 'default' : flagged(unknown === 'true').toLowerCase()}`,
          `consent: ${consentRequired ? 'required' : 'not required'}`,
        ].join('; '),
      })
      await services.apply()
      return { said: 'Saved. It holds for what arrives from now on; what has arrived keeps its flag.' }
    },
  },
}

/** Which visitors are flagged by where they are. */
function Scope({ context }: { context: Context }) {
  const { site, services, now } = context
  if (!site) return null
  const usual = (name: string) => services.settings.get(name)?.value ?? ''
  const { lduScope: own, lduUnknown: unknown, managedByEnv } = site
  const lawful = Object.keys(lawsFrom).filter((state) => lawInForce(state, now / 1_000))
  return (
    <>
      <Select
        context={context}
        action="save"
        name="scope"
        label="Flagged by place"
        value={own === undefined ? '' : typeof own === 'string' ? own : ofStates}
        options={{
          '': `Default: ${wordsOf(usual('TAGFERRY_LDU_SCOPE'))}`,
          ...scopes,
          [ofStates]: 'Visitors from the states below',
        }}
        hint={
          <>
            The default is set by <code>TAGFERRY_LDU_SCOPE</code>. With such a law today: {lawful.join(', ')}.
          </>
        }
        disabled={managedByEnv}
      />
      <Field
        context={context}
        action="save"
        name="states"
        label="States, where these alone are flagged"
        value={own !== undefined && typeof own !== 'string' ? scopeText(own).replaceAll(',', ', ') : ''}
        placeholder="US-CA, US-TX"
        readonly={managedByEnv}
      />
      <Select
        context={context}
        action="save"
        name="unknown"
        label="Where the country is not known"
        value={unknown === undefined ? '' : String(unknown)}
        options={{
          '': `Default: ${flagged(usual('TAGFERRY_LDU_UNKNOWN') === 'true')}`,
          true: 'Flagged',
          false: 'Not flagged',
        }}
        hint={
          <>
            The default is set by <code>TAGFERRY_LDU_UNKNOWN</code>. In the US without a known state the flag
            is set under every choice but “{scopes.off}”.
          </>
        }
        disabled={managedByEnv}
      />
    </>
  )
}
