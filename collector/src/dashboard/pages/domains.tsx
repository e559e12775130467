/** Domains: adds, pauses and deletes domains. */
import { domain as domainSchema } from '../../config/parsers.js'
import { siteNamed } from '../../sites/hosts.js'
import type { SiteConfig, SiteRegistry } from '../../sites/registry.js'
import type { Records } from '../../store/records.js'
import type { Reports } from '../../store/reports.js'
import type { Store } from '../../store/store.js'
import type { VendorKind } from '../../vendors/vendor.js'
import { ActionForm } from '../components/action-form.js'
import { Badge } from '../components/badge.js'
import { EmptyState } from '../components/empty-state.js'
import { Field } from '../components/form-fields.js'
import { ManagedBy } from '../components/managed-by.js'
import { vendorNames } from '../components/vendor-labels.js'
import type { Form } from '../form.js'
import { type ActionResult, type Context, type Page, to } from '../page.js'
import { connectionId } from './connection-record.js'
import { hasEvents } from './has-events.js'
import type { SaveConfig } from './services.js'

export interface DomainsDeps {
  store: Pick<Records, 'record'> & Pick<Reports, 'events'> & Pick<Store, 'cancelPending'>
  siteRegistry: Pick<SiteRegistry, 'keys'>
  kinds: readonly VendorKind[]
  saveConfig: SaveConfig
}

export const createDomainsPage = (deps: DomainsDeps): Page => ({
  path: '/domains',
  title: 'Domains',
  nav: 'Domains',
  view: (context) => viewDomains(deps, context),
  actions: {
    add: (form, context) => addDomain(deps, form, context),
    pause: (form, context) => setPaused(deps, form.text('domain'), true, context),
    resume: (form, context) => setPaused(deps, form.text('domain'), false, context),
    delete: (form, context) => deleteDomain(deps, form, context),
  },
})

async function viewDomains({ store }: DomainsDeps, context: Context) {
  const { sites } = context
  const active = await Promise.all(sites.map(({ domain }) => hasEvents(store, { site: domain })))
  return (
    <>
      {sites.length === 0 && (
        <EmptyState title="No domain yet">Add the domain of your shop below.</EmptyState>
      )}
      <div class="cards">
        {sites.map((site, index) => (
          <DomainCard key={site.domain} context={context} site={site} isActive={active[index] ?? false} />
        ))}
      </div>
      <section>
        <h2>Add a domain</h2>
        <ActionForm context={context} action="add" class="panel">
          <Field
            context={context}
            action="add"
            name="domain"
            label="Domain"
            placeholder="shop.example"
            hint="The bare domain, such as shop.example: without https:// and path. Its sub-domains are part of it."
            required
          />
          <button type="submit">Add</button>
        </ActionForm>
      </section>
    </>
  )
}

interface DomainCardProps {
  context: Context
  site: SiteConfig
  /** Has at least one event. */
  isActive: boolean
}

function DomainCard({ context, site, isActive }: DomainCardProps) {
  const { domain, paused, managedByEnv, aliases } = site
  return (
    <article class="card" data-testid="domain">
      <h2>{domain}</h2>
      <p>
        {paused ? (
          <Badge tone="off">Paused</Badge>
        ) : isActive ? (
          <Badge tone="good">Active</Badge>
        ) : (
          <Badge tone="waiting">Pending Verification</Badge>
        )}
      </p>
      {aliases.length > 0 && <p>Also {aliases.join(', ')}</p>}
      <p>
        <a href={to('/connections', site)}>Connections</a> · <a href={to('/install', site)}>Install</a> ·{' '}
        <a href={to('/events', site)}>Events</a>
      </p>
      {managedByEnv ? (
        <ManagedBy name="TAGFERRY_SITES" />
      ) : (
        <>
          <ActionForm context={context} action={paused ? 'resume' : 'pause'}>
            <input type="hidden" name="domain" value={domain} />
            <button type="submit" class="plain">
              {paused ? 'Resume' : 'Pause'}
            </button>
          </ActionForm>
          <DeleteForm context={context} domain={domain} />
        </>
      )}
    </article>
  )
}

const DeleteForm = ({ context, domain }: { context: Context; domain: string }) => (
  <details>
    <summary>Delete</summary>
    <ActionForm context={context} action="delete">
      <input type="hidden" name="domain" value={domain} />
      <p>
        Its Access Token and keys are deleted with it, and what waits is not sent. Its events stay until they
        are old enough to leave.
      </p>
      <label>
        Type {domain} to confirm
        <input name="confirm" autocomplete="off" required />
      </label>
      <button type="submit" class="danger">
        Delete {domain}
      </button>
    </ActionForm>
  </details>
)

async function addDomain(
  { saveConfig, kinds }: DomainsDeps,
  form: Form,
  { sites, now }: Context,
): Promise<ActionResult> {
  const text = form.text('domain')
  const parsed = domainSchema.safeParse(hostOf(text))
  if (text === '' || !parsed.success)
    return { problems: { domain: 'Enter a bare domain such as shop.example, without https:// and path.' } }
  const domain = parsed.data
  const taken = siteNamed(sites, domain)
  if (taken) return { problems: { domain: `${domain} is there already, as part of ${taken.domain}.` } }
  const isSaved = await saveConfig([{ kind: 'site', id: domain, body: { createdAt: now }, seen: 0 }], {
    at: now,
    what: 'Domain added',
    site: domain,
  })
  if (!isSaved) return { problems: { domain: `${domain} is there already.` } }
  return {
    flashMessage: `${domain} was added. Next: connect ${vendorNames(kinds, undefined)}.`,
    to: to('/connections', { domain }),
  }
}

/** Accepts a URL too: owners copy it from the address bar. */
function hostOf(text: string): string {
  if (URL.canParse(text)) return new URL(text).hostname
  const [host = ''] = text.split(/[/?#]/)
  return host.replace(/\.$/, '')
}

async function setPaused(
  { store, saveConfig }: DomainsDeps,
  domain: string,
  paused: boolean,
  { now }: Context,
): Promise<ActionResult> {
  const record = await store.record('site', domain)
  if (!record) return { problems: { '': 'This domain is gone already.' } }
  await saveConfig([{ kind: 'site', id: domain, body: { ...record.body, paused } }], {
    at: now,
    what: paused ? 'Domain paused' : 'Domain resumed',
    site: domain,
  })
  return {
    flashMessage: paused
      ? `${domain} is paused: what arrives is Skipped, what waits stays.`
      : `${domain} is active again.`,
    to: to('/domains'),
  }
}

async function deleteDomain(
  { store, siteRegistry, kinds, saveConfig }: DomainsDeps,
  form: Form,
  { sites, now }: Context,
): Promise<ActionResult> {
  const domain = form.text('domain')
  const site = sites.find((candidate) => candidate.domain === domain && !candidate.managedByEnv)
  if (!site) return { problems: { '': 'This domain is gone already.' } }
  if (form.text('confirm').toLowerCase() !== domain)
    return { problems: { '': `Nothing was deleted: to delete ${domain}, type its name.` } }
  const keys = siteRegistry.keys().filter((key) => key.site === domain)
  const removals = [
    { kind: 'site', id: domain } as const,
    ...kinds.map((kind) => ({ kind: 'connection', id: connectionId(site, kind) }) as const),
    ...keys.map(({ id }) => ({ kind: 'key', id }) as const),
  ]
  await saveConfig(
    removals.map((record) => ({ ...record, remove: true })),
    { at: now, what: 'Domain deleted', site: domain },
  )
  const cancelled = await store.cancelPending(domain, now)
  const cancelledNote = cancelled > 0 ? ` ${cancelled} waiting events will not be sent.` : ''
  return {
    flashMessage: `${domain} was deleted with its tokens and keys.${cancelledNote}`,
    to: to('/domains'),
  }
}
