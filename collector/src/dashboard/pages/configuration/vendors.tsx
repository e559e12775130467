/** Configuration > Vendors: enables the vendors that receive a domain's events. */
import type { ConnectionConfig, SiteConfig } from '../../../sites/registry.js'
import type { Records } from '../../../store/records.js'
import type { Reports } from '../../../store/reports.js'
import type { VendorKind } from '../../../vendors/vendor.js'
import { ActionForm } from '../../components/action-form.js'
import { Badge } from '../../components/badge.js'
import { DomainPicker } from '../../components/domain-picker.js'
import { NoDomain } from '../../components/empty-state.js'
import { Switch } from '../../components/form-fields.js'
import { ManagedBy } from '../../components/managed-by.js'
import type { Form } from '../../form.js'
import { type ActionResult, type Context, type Page, to } from '../../page.js'
import { connectionId, connectionOf } from '../connection-record.js'
import { hasEvents } from '../has-events.js'
import type { SaveConfig } from '../services.js'
import { ConfigurationTabs } from './tabs.js'

export interface VendorsDeps {
  store: Pick<Records, 'record'> & Pick<Reports, 'events'>
  kinds: readonly VendorKind[]
  saveConfig: SaveConfig
}

const path = '/configuration'

export const createVendorsPage = (deps: VendorsDeps): Page => ({
  path,
  title: 'Configuration',
  nav: 'Configuration',
  view: (context) => (context.site ? viewVendors(deps, context, context.site) : <NoDomain />),
  actions: { save: (form, context) => saveVendor(deps, form, context) },
})

async function viewVendors({ store, kinds }: VendorsDeps, context: Context, site: SiteConfig) {
  const isInstalled = await hasEvents(store, { site: site.domain })
  return (
    <>
      <DomainPicker context={context} path={path} />
      <ConfigurationTabs context={context} path={path} />
      {kinds.map((kind) => (
        <VendorCard key={kind.name} {...{ context, site, kind, isInstalled }} />
      ))}
    </>
  )
}

interface VendorCardProps {
  context: Context
  site: SiteConfig
  kind: VendorKind
  /** The domain has sent an event. */
  isInstalled: boolean
}

function VendorCard({ context, site, kind, isInstalled }: VendorCardProps) {
  const { name, label, fields } = kind
  const connection = connectionOf(site, kind)
  return (
    <article class="panel" data-testid={`vendor-${name}`}>
      <h2>{label}</h2>
      <dl>
        {fields
          .filter(({ optional }) => !optional)
          .map(({ key, label }) => (
            <div key={key}>
              <dt>{label}</dt>
              <dd>
                <FieldBadge connection={connection} name={key} />
              </dd>
            </div>
          ))}
      </dl>
      {!connection?.complete && (
        <p>
          Enter both first, under <a href={to('/connections', site)}>Connections</a>.
        </p>
      )}
      <ActionForm context={context} action="save">
        <input type="hidden" name="vendor" value={name} />
        <Switch
          name="enabled"
          label={`Enable ${label}`}
          checked={connection?.enabled ?? false}
          disabled={site.managedByEnv}
        />
        {site.managedByEnv ? <ManagedBy name="TAGFERRY_SITES" /> : <button type="submit">Save</button>}
      </ActionForm>
      {connection?.complete && connection.enabled && !isInstalled && (
        <p class="next">
          Next:{' '}
          <a class="button" href={to('/install', site)}>
            Install the snippet
          </a>{' '}
          in the pages of {site.domain}.
        </p>
      )}
    </article>
  )
}

/** Whether a credential is present; of a secret one only the last four characters. */
function FieldBadge({ connection, name }: { connection: ConnectionConfig | undefined; name: string }) {
  const value = connection?.fields[name]
  const lastFour = connection?.lastFour[name]
  if (!value && !lastFour) return <Badge tone="bad">missing</Badge>
  return <Badge tone="good">present, {value ?? `••••••••${lastFour}`}</Badge>
}

async function saveVendor(deps: VendorsDeps, form: Form, context: Context): Promise<ActionResult> {
  const { store, kinds, saveConfig } = deps
  const { site, now } = context
  const kind = kinds.find(({ name }) => name === form.text('vendor'))
  if (!site || site.managedByEnv || !kind)
    return { problems: { '': 'This domain is gone, or is set by TAGFERRY_SITES.' } }
  const enabled = form.flag('enabled')
  if (enabled && !connectionOf(site, kind)?.complete) {
    const required = kind.fields.filter(({ optional }) => !optional).map(({ label }) => label)
    return { problems: { '': `Enter ${required.join(' and ')} under Connections first.` } }
  }
  const id = connectionId(site, kind)
  const record = await store.record('connection', id)
  await saveConfig([{ kind: 'connection', id, body: { ...record?.body, enabled } }], {
    at: now,
    what: `${kind.label} ${enabled ? 'enabled' : 'disabled'}`,
    site: site.domain,
  })
  return {
    flashMessage: enabled
      ? `Saved. ${kind.label} is enabled: events of ${site.domain} are sent from now on.`
      : `Saved. ${kind.label} is off: what arrives is Skipped, what waits is kept.`,
  }
}
