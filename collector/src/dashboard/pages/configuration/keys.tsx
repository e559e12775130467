/** Configuration > Inbound Integration Keys: creates and revokes the keys with which servers send events. */
import { createApiKey, maxApiKeys, revokeApiKey } from '../../../sites/api-keys.js'
import type { ApiKeyConfig, SiteConfig, SiteRegistry } from '../../../sites/registry.js'
import type { Records } from '../../../store/records.js'
import { ActionForm } from '../../components/action-form.js'
import { Badge } from '../../components/badge.js'
import { Copyable } from '../../components/copyable.js'
import { DomainPicker } from '../../components/domain-picker.js'
import { EmptyState, NoDomain } from '../../components/empty-state.js'
import { Field } from '../../components/form-fields.js'
import { ScrollArea } from '../../components/scroll-area.js'
import { Time } from '../../components/time.js'
import type { Form } from '../../form.js'
import type { ActionResult, Context, Page } from '../../page.js'
import type { SaveConfig } from '../services.js'
import { ConfigurationTabs } from './tabs.js'

export interface KeysDeps {
  store: Pick<Records, 'record'>
  siteRegistry: Pick<SiteRegistry, 'keys'>
  saveConfig: SaveConfig
}

const path = '/configuration/keys'
const maxNameLength = 100

export const createKeysPage = (deps: KeysDeps): Page => ({
  path,
  title: 'Configuration',
  view: (context) => (context.site ? viewKeys(deps, context, context.site) : <NoDomain />),
  actions: {
    create: (form, context) => createKey(deps, form, context),
    revoke: (form, context) => revokeKey(deps, form, context),
  },
})

function viewKeys({ siteRegistry }: KeysDeps, context: Context, site: SiteConfig) {
  const keys = siteRegistry.keys().filter((key) => key.site === site.domain)
  return (
    <>
      <DomainPicker context={context} path={path} />
      <ConfigurationTabs context={context} path={path} />
      <h2>Inbound Integration Keys</h2>
      <p>
        With a key your own server sends events to <code>{context.origin}/v1/events</code>, with the header{' '}
        <code>Authorization: Bearer KEY</code>.
      </p>
      {context.oneTimeSecret && (
        <article class="one-time-secret" data-testid="new-key">
          <h3>Your new key</h3>
          <p>Copy it now: it is not kept, and cannot be shown again.</p>
          <Copyable text={context.oneTimeSecret} label="Copy key" />
        </article>
      )}
      {keys.length === 0 ? (
        <EmptyState title="No key yet">Only servers need one; the script on your pages does not.</EmptyState>
      ) : (
        <KeyTable context={context} keys={keys} />
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
}

const KeyTable = ({ context, keys }: { context: Context; keys: readonly ApiKeyConfig[] }) => (
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
        {keys.map((key) => (
          <KeyRow key={key.id} context={context} apiKey={key} />
        ))}
      </tbody>
    </table>
  </ScrollArea>
)

function KeyRow({ context, apiKey }: { context: Context; apiKey: ApiKeyConfig }) {
  const { id, name, prefix, createdAt, lastUsedAt, revokedAt } = apiKey
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

async function createKey(
  { siteRegistry, saveConfig }: KeysDeps,
  form: Form,
  { site, now }: Context,
): Promise<ActionResult> {
  const name = form.text('name')
  if (!site) return { problems: { '': 'This domain is gone.' } }
  if (name === '' || name.length > maxNameLength)
    return { problems: { name: `Enter a name of at most ${maxNameLength} characters.` } }
  if (siteRegistry.keys().length >= maxApiKeys)
    return { problems: { '': `There are ${maxApiKeys} keys already: revoke one, and wait a day.` } }
  const { key, put, change } = createApiKey(site.domain, name, { at: now, who: 'owner' })
  await saveConfig([put], change)
  return { oneTimeSecret: key, flashMessage: `The key "${name}" works from now on.` }
}

async function revokeKey(
  { store, saveConfig }: KeysDeps,
  form: Form,
  { site, now }: Context,
): Promise<ActionResult> {
  const record = await store.record('key', form.text('id'))
  if (!site || record?.body.site !== site.domain) return { problems: { '': 'This key is gone already.' } }
  const { name } = record.body as unknown as ApiKeyConfig
  const { put, change } = revokeApiKey(record, { at: now, who: 'owner' })
  await saveConfig([put], change)
  return { flashMessage: `The key "${name}" is revoked: what is sent with it is refused from now on.` }
}
