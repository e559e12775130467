/** Configuration > Inbound Integration Keys: what servers show to send events; each is seen once. */
import { mostKeys, newKey, revokedKey } from '../../../sites/api-keys.js'
import type { ApiKeyConfig } from '../../../sites/registry.js'
import {
  ActionForm,
  Badge,
  Copyable,
  DomainPicker,
  Empty,
  Field,
  NoDomain,
  ScrollArea,
  Time,
} from '../../components/elements.js'
import type { Page } from '../../page.js'
import { ConfigurationTabs } from './tabs.js'

export const keys: Page = {
  path: '/configuration/keys',
  title: 'Configuration',
  view(context) {
    const { site, services, oneTimeSecret } = context
    if (!site) return <NoDomain />
    const own = services.siteRegistry.keys().filter((key) => key.site === site.domain)
    return (
      <>
        <DomainPicker context={context} path="/configuration/keys" />
        <ConfigurationTabs context={context} path="/configuration/keys" />
        <h2>Inbound Integration Keys</h2>
        <p>
          With a key your own server sends events to <code>{context.origin}/v1/events</code>, with the header{' '}
          <code>Authorization: Bearer KEY</code>.
        </p>
        {oneTimeSecret && (
          <article class="once" data-testid="new-key">
            <h3>Your new key</h3>
            <p>Copy it now: it is not kept, and cannot be shown again.</p>
            <Copyable text={oneTimeSecret} label="Copy key" />
          </article>
        )}
        {own.length === 0 ? (
          <Empty title="No key yet">Only servers need one; the script on your pages does not.</Empty>
        ) : (
          <ScrollArea label="Keys">
            <table>
              <thead>
                <tr>
                  <th scope="col">Name</th>
                  <th scope="col">Key prefix</th>
                  <th scope="col">Created</th>
                  <th scope="col">Last used</th>
                  <th scope="col">Status</th>
                  <th scope="col">
                    <span class="sr-only">Revoke</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {own.map((key) => (
                  <Row key={key.id} {...{ entry: key, context }} />
                ))}
              </tbody>
            </table>
          </ScrollArea>
        )}
        <ActionForm context={context} action="create" class="panel">
          <h2>Create a key</h2>
          <Field
            context={context}
            action="create"
            name="name"
            label="Name"
            placeholder="Order webhook"
            hint="For you, to know it by later."
            required
          />
          <button type="submit">Create</button>
        </ActionForm>
      </>
    )
  },
  actions: {
    async create(form, { services, site, now }) {
      const name = form.text('name')
      if (!site) return { problems: { '': 'This domain is gone.' } }
      if (name === '' || name.length > 100)
        return { problems: { name: 'Enter a name of at most 100 characters.' } }
      if (services.siteRegistry.keys().length >= mostKeys)
        return { problems: { '': `There are ${mostKeys} keys already: revoke one, and wait a day.` } }
      const { key, put, change } = newKey(site.domain, name, { at: now, who: 'owner' })
      await services.store.write([put], change)
      await services.apply()
      return { once: key, said: `The key "${name}" works from now on.` }
    },
    async revoke(form, { services, site, now }) {
      const record = await services.store.record('key', form.text('id'))
      if (!site || record?.body.site !== site.domain) return { problems: { '': 'This key is gone already.' } }
      const { name } = record.body as unknown as ApiKeyConfig
      const { put, change } = revokedKey(record, { at: now, who: 'owner' })
      await services.store.write([put], change)
      await services.apply()
      return { said: `The key "${name}" is revoked: what is sent with it is refused from now on.` }
    },
  },
}

function Row({ entry, context }: { entry: ApiKeyConfig; context: Parameters<Page['view']>[0] }) {
  const { id, name, prefix, createdAt, lastUsedAt, revokedAt } = entry
  return (
    <tr>
      <td>{name}</td>
      <td>
        <code>{prefix}…</code>
      </td>
      <td>
        <Time at={createdAt} />
      </td>
      <td>{lastUsedAt === undefined ? 'never' : <Time at={lastUsedAt} />}</td>
      <td>
        {revokedAt === undefined ? <Badge tone="good">Active</Badge> : <Badge tone="off">Revoked</Badge>}
      </td>
      <td>
        {revokedAt === undefined && (
          <ActionForm context={context} action="revoke">
            <input type="hidden" name="id" value={id} />
            <button type="submit" class="plain danger">
              Revoke<span class="sr-only"> {name}</span>
            </button>
          </ActionForm>
        )}
      </td>
    </tr>
  )
}
