/** Domains: adding one, pausing it, taking it away with its tokens and keys. */

import { domain as domainField } from '../../config/schema.js'
import type { SiteConfig } from '../../sites/registry.js'
import type { Change } from '../../store/records.js'
import { ActionForm, Badge, Empty, Field, ManagedBy } from '../components/elements.js'
import { type Context, type Done, type Page, to } from '../page.js'

export const domains: Page = {
  path: '/domains',
  title: 'Domains',
  nav: 'Domains',
  async view(context) {
    const sites = context.services.siteRegistry.sites()
    const seen = await Promise.all(sites.map(({ domain }) => hasEvents(context, domain)))
    return (
      <>
        {sites.length === 0 && <Empty title="No domain yet">Add the domain of your shop below.</Empty>}
        <div class="cards">
          {sites.map((site, at) => (
            <Card key={site.domain} context={context} site={site} seen={seen[at] ?? false} />
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
  },
  actions: {
    async add(form, { services, now }) {
      const text = form.text('domain')
      // What was copied from the address bar means one thing only.
      const bare = URL.canParse(text)
        ? new URL(text).hostname
        : (text.split(/[/?#]/)[0] ?? '').replace(/\.$/, '')
      const parsed = domainField.safeParse(bare)
      if (text === '' || !parsed.success)
        return {
          problems: { domain: 'Enter a bare domain such as shop.example, without https:// and path.' },
        }
      const domain = parsed.data
      const taken = services.siteRegistry
        .sites()
        .find((site) => site.domain === domain || site.aliases.includes(domain))
      if (taken) return { problems: { domain: `${domain} is there already, as part of ${taken.domain}.` } }
      const written = await services.store.write(
        [{ kind: 'site', id: domain, body: { createdAt: now }, seen: 0 }],
        changed(now, 'Domain added', domain),
      )
      if (!written) return { problems: { domain: `${domain} is there already.` } }
      await services.apply()
      return { said: `${domain} was added. Next: connect TikTok.`, to: to('/connections', { domain }) }
    },
    pause: (form, context) => setPaused(form.text('domain'), true, context),
    resume: (form, context) => setPaused(form.text('domain'), false, context),
    async delete(form, { services, now }) {
      const domain = form.text('domain')
      const site = services.siteRegistry.sites().find((one) => one.domain === domain && !one.managedByEnv)
      if (!site) return { problems: { '': 'This domain is gone already.' } }
      if (form.text('confirm').toLowerCase() !== domain)
        return { problems: { '': `Nothing was deleted: to delete ${domain}, type its name.` } }
      const keys = services.siteRegistry.keys().filter((key) => key.site === domain)
      await services.store.write(
        [
          { kind: 'site', id: domain, remove: true },
          ...services.kinds.map(
            ({ name }) => ({ kind: 'connection', id: `${domain} ${name}`, remove: true }) as const,
          ),
          ...keys.map(({ id }) => ({ kind: 'key', id, remove: true }) as const),
        ],
        changed(now, 'Domain deleted', domain),
      )
      await services.apply()
      const ended = await services.store.cancelPending(domain, now)
      const waiting = ended > 0 ? ` ${ended} waiting events will not be sent.` : ''
      return { said: `${domain} was deleted with its tokens and keys.${waiting}`, to: to('/domains') }
    },
  },
}

const changed = (at: number, what: string, site: string): Change => ({ at, who: 'owner', what, site })

async function setPaused(domain: string, paused: boolean, { services, now }: Context): Promise<Done> {
  const record = await services.store.record('site', domain)
  if (!record) return { problems: { '': 'This domain is gone already.' } }
  const body = { ...record.body, paused }
  const what = paused ? 'Domain paused' : 'Domain resumed'
  await services.store.write([{ kind: 'site', id: domain, body }], changed(now, what, domain))
  await services.apply()
  return {
    said: paused
      ? `${domain} is paused: what arrives is Skipped, what waits stays.`
      : `${domain} is active again.`,
    to: to('/domains'),
  }
}

async function hasEvents({ services }: Context, site: string): Promise<boolean> {
  return (await services.store.events({ site, limit: 1 })).events.length > 0
}

function Card({ context, site, seen }: { context: Context; site: SiteConfig; seen: boolean }) {
  const { domain, paused, managedByEnv, aliases } = site
  return (
    <article class="card" data-testid="domain">
      <h2>{domain}</h2>
      <p>
        {paused ? (
          <Badge tone="off">Paused</Badge>
        ) : seen ? (
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
          <details>
            <summary>Delete</summary>
            <ActionForm context={context} action="delete">
              <input type="hidden" name="domain" value={domain} />
              <p>
                Its Access Token and keys are deleted with it, and what waits is not sent. Its events stay
                until they are old enough to leave.
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
        </>
      )}
    </article>
  )
}
