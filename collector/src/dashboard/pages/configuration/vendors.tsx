/** Configuration > Vendors: which vendors a domain's events go to. */

import { ActionForm, Badge, DomainPicker, ManagedBy, NoDomain, Switch } from '../../components/elements.js'
import { type Page, to } from '../../page.js'
import { ConfigurationTabs } from './tabs.js'

export const vendors: Page = {
  path: '/configuration',
  title: 'Configuration',
  nav: 'Configuration',
  async view(context) {
    const { site, services } = context
    if (!site) return <NoDomain />
    const seen = (await services.store.events({ site: site.domain, limit: 1 })).events.length > 0
    return (
      <>
        <DomainPicker context={context} path="/configuration" />
        <ConfigurationTabs context={context} path="/configuration" />
        {services.kinds.map(({ name, label, fields }) => {
          const connection = site.connections.find(({ vendor }) => vendor === name)
          return (
            <article key={name} class="panel" data-testid={`vendor-${name}`}>
              <h2>{label}</h2>
              <dl>
                {fields
                  .filter(({ optional }) => !optional)
                  .map(({ key, label }) => {
                    const value = connection?.fields[key]
                    const tail = connection?.lastFour[key]
                    return (
                      <div key={key}>
                        <dt>{label}</dt>
                        <dd>
                          {value || tail ? (
                            <Badge tone="good">present, {value ?? `••••••••${tail}`}</Badge>
                          ) : (
                            <Badge tone="bad">missing</Badge>
                          )}
                        </dd>
                      </div>
                    )
                  })}
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
                  on={connection?.enabled ?? false}
                  off={site.managedByEnv}
                />
                {site.managedByEnv ? (
                  <ManagedBy name="TAGFERRY_SITES" />
                ) : (
                  <button type="submit">Save</button>
                )}
              </ActionForm>
              {connection?.complete && connection.enabled && !seen && (
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
        })}
      </>
    )
  },
  actions: {
    async save(form, { services, site, now }) {
      const kind = services.kinds.find(({ name }) => name === form.text('vendor'))
      if (!site || site.managedByEnv || !kind)
        return { problems: { '': 'This domain is gone, or is set by TAGFERRY_SITES.' } }
      const id = `${site.domain} ${kind.name}`
      const enabled = form.flag('enabled')
      const record = await services.store.record('connection', id)
      const complete = site.connections.find(({ vendor }) => vendor === kind.name)?.complete
      if (enabled && !complete) {
        const missing = kind.fields.filter(({ optional }) => !optional).map(({ label }) => label)
        return { problems: { '': `Enter ${missing.join(' and ')} under Connections first.` } }
      }
      await services.store.write([{ kind: 'connection', id, body: { ...record?.body, enabled } }], {
        at: now,
        who: 'owner',
        what: `${kind.label} ${enabled ? 'enabled' : 'disabled'}`,
        site: site.domain,
      })
      await services.apply()
      return {
        said: enabled
          ? `Saved. ${kind.label} is enabled: events of ${site.domain} are sent from now on.`
          : `Saved. ${kind.label} is off: what arrives is Skipped, what waits is kept.`,
      }
    },
  },
}
