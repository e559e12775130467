/** Configuration > Privacy: sets Limited Data Use and consent of a domain, and documents how data is stored. */
import { lduScope as lduScopeSchema, scopeText } from '../../../config/parsers.js'
import { lawInForce, lawStartDates } from '../../../privacy/laws.js'
import type { SiteConfig } from '../../../sites/registry.js'
import type { Records } from '../../../store/records.js'
import type { VendorKind } from '../../../vendors/vendor.js'
import type { Report, Verification } from '../../../verification/handshake.js'
import { ActionForm } from '../../components/action-form.js'
import { DomainPicker } from '../../components/domain-picker.js'
import { NoDomain } from '../../components/empty-state.js'
import { Field, Select } from '../../components/form-fields.js'
import { ManagedBy } from '../../components/managed-by.js'
import { vendorNames } from '../../components/vendor-labels.js'
import type { Form } from '../../form.js'
import { type ActionResult, type Context, type Page, to } from '../../page.js'
import type { SaveConfig, Settings } from '../services.js'
import { ConfigurationTabs } from './tabs.js'

export interface PrivacyDeps {
  kinds: readonly VendorKind[]
  store: Pick<Records, 'record'>
  settings: Settings
  verification: Pick<Verification, 'last'>
  saveConfig: SaveConfig
}

const path = '/configuration/privacy'

export const createPrivacyPage = (deps: PrivacyDeps): Page => ({
  path,
  title: 'Configuration',
  view: (context) => (context.site ? viewPrivacy(deps, context, context.site) : <NoDomain />),
  actions: { save: (form, context) => savePrivacy(deps, form, context) },
})

async function viewPrivacy(
  { kinds, settings, verification }: PrivacyDeps,
  context: Context,
  site: SiteConfig,
) {
  const { report } = (await verification.last(site.domain)) ?? {}
  return (
    <>
      <DomainPicker context={context} path={path} />
      <ConfigurationTabs context={context} path={path} />
      <ActionForm context={context} action="save" class="panel">
        <h2>Limited Data Use</h2>
        <p>
          {vendorNames(kinds, site)} limits the use of an event with this flag, as laws of US states require.
          A visitor's own signal always counts, wherever they are: Global Privacy Control, US Privacy and GPP
          strings, the site's own opt-out. The reason stands with each event under{' '}
          <a href={to('/events', site)}>Events</a>.
        </p>
        <LduFields context={context} site={site} settings={settings} />
        <h2>Consent</h2>
        <ConsentFields context={context} site={site} report={report} />
        {site.managedByEnv ? <ManagedBy name="TAGFERRY_SITES" /> : <button type="submit">Save</button>}
      </ActionForm>
      <Storage
        retentionDays={settings.get('TAGFERRY_RETENTION_DAYS')?.value}
        vendors={vendorNames(kinds, site)}
      />
    </>
  )
}

const scopes: Readonly<Record<string, string>> = {
  ccpa: 'Visitors from California',
  states: 'Visitors from US states with such a law',
  us: 'All visitors from the US',
  all: 'Everybody',
  off: 'Nobody by place alone',
}
/** The option for a scope that is a list of states. */
const listedStates = 'list'

const scopeLabel = (scope: string) => scopes[scope] ?? `Visitors from ${scope.replaceAll(',', ', ')}`
const flagLabel = (isFlagged: boolean) => (isFlagged ? 'Flagged' : 'Not flagged')

interface LduFieldsProps {
  context: Context
  site: SiteConfig
  settings: Settings
}

/** Which visitors are flagged by their place. */
function LduFields({ context, site, settings }: LduFieldsProps) {
  const { lduScope, lduUnknown, managedByEnv } = site
  const isList = lduScope !== undefined && typeof lduScope !== 'string'
  const defaultScope = settings.get('TAGFERRY_LDU_SCOPE')?.value ?? ''
  const defaultUnknown = settings.get('TAGFERRY_LDU_UNKNOWN')?.value === 'true'
  const statesInForce = Object.keys(lawStartDates).filter((state) => lawInForce(state, context.now / 1_000))
  return (
    <>
      <Select
        context={context}
        action="save"
        name="scope"
        label="Flagged by place"
        value={isList ? listedStates : (lduScope ?? '')}
        options={{
          '': `Default: ${scopeLabel(defaultScope)}`,
          ...scopes,
          [listedStates]: 'Visitors from the states below',
        }}
        hint={
          <>
            The default is set by <code>TAGFERRY_LDU_SCOPE</code>. With such a law today:{' '}
            {statesInForce.join(', ')}.
          </>
        }
        disabled={managedByEnv}
      />
      <Field
        context={context}
        action="save"
        name="states"
        label="States, where these alone are flagged"
        value={isList ? scopeText(lduScope).replaceAll(',', ', ') : ''}
        placeholder="US-CA, US-TX"
        readonly={managedByEnv}
      />
      <Select
        context={context}
        action="save"
        name="unknown"
        label="Where the country is not known"
        value={lduUnknown === undefined ? '' : String(lduUnknown)}
        options={{ '': `Default: ${flagLabel(defaultUnknown)}`, true: 'Flagged', false: 'Not flagged' }}
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

interface ConsentFieldsProps {
  context: Context
  site: SiteConfig
  /** What the script reported at the last verification. */
  report: Report | undefined
}

const ConsentFields = ({ context, site, report }: ConsentFieldsProps) => (
  <>
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
      <code>t.js</code> reads TCF 2.2, Google consent mode and the WP Consent API automatically; a shop
      without these calls <code>tagferry.consent('grant')</code>. A server says{' '}
      <code>"privacy": {'{"consent": "granted"}'}</code>.
    </p>
    {report?.consent !== undefined && (
      <p>
        At the last check your site said: <strong>{String(report.consent) || 'no consent source'}</strong>.
      </p>
    )}
  </>
)

interface StorageProps {
  retentionDays: string | undefined
  /** Labels of the site's vendors. */
  vendors: string
}

const Storage = ({ retentionDays, vendors }: StorageProps) => (
  <>
    <h2>What is kept</h2>
    <dl>
      <dt>E-mail, phone, name, external id</dt>
      <dd>as SHA-256 only, hashed on receipt</dd>
      <dt>IP address and user agent</dt>
      <dd>encrypted (AES-256-GCM) until delivery: {vendors} needs them in plain text, also for a retry</dd>
      <dt>Access Tokens</dt>
      <dd>encrypted (AES-256-GCM); never logged, never shown again</dd>
      <dt>Events</dt>
      <dd>
        {retentionDays} days <ManagedBy name="TAGFERRY_RETENTION_DAYS" />
      </dd>
    </dl>
    <p>
      A person's events are removed by <code>tagferry erase --email …</code>.
    </p>
  </>
)

async function savePrivacy(
  { store, saveConfig }: PrivacyDeps,
  form: Form,
  { site, now }: Context,
): Promise<ActionResult> {
  const record = site && (await store.record('site', site.domain))
  if (!site || site.managedByEnv || !record)
    return { problems: { '': 'This domain is gone, or is set by TAGFERRY_SITES.' } }
  const option = form.text('scope')
  const unknown = form.text('unknown')
  const consentRequired = form.text('consent') === 'required'
  const parsed = lduScopeSchema.safeParse(option === listedStates ? form.text('states') : option)
  if (option === listedStates && (!parsed.success || typeof parsed.data === 'string'))
    return { problems: { states: 'Enter states of the US with commas between them, such as US-CA, US-TX.' } }
  const scope = parsed.data && scopeText(parsed.data)
  const { lduScope: _scope, lduUnknown: _unknown, consentRequired: _consent, ...unchanged } = record.body
  const body = {
    ...unchanged,
    consentRequired,
    ...(scope !== undefined && { lduScope: scope }),
    ...(unknown !== '' && { lduUnknown: unknown === 'true' }),
  }
  await saveConfig([{ kind: 'site', id: site.domain, body }], {
    at: now,
    what: 'Privacy configuration saved',
    site: site.domain,
    detail: [
      `Limited Data Use: ${scope ?? 'default'}`,
      `country not known: ${unknown === '' ? 'default' : flagLabel(unknown === 'true').toLowerCase()}`,
      `consent: ${consentRequired ? 'required' : 'not required'}`,
    ].join('; '),
  })
  return {
    flashMessage: 'Saved. It holds for what arrives from now on; what has arrived keeps its flag.',
  }
}
