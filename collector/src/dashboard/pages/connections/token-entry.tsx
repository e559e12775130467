/** Token Entry for one vendor: its fields, how the connection stands, and what can be done with it. */
import type { ConnectionConfig, SiteConfig } from '../../../sites/registry.js'
import type { VendorKind } from '../../../vendors/vendor.js'
import { ActionForm, Field, ManagedBy, Time } from '../../components/elements.js'
import { type Context, to } from '../../page.js'
import { ConnectionBadge, connectionStatus } from './connection-status.js'

export const connectionOf = (site: SiteConfig, { name }: VendorKind) =>
  site.connections.find(({ vendor }) => vendor === name)

export async function tokenEntry(context: Context, site: SiteConfig, kind: VendorKind) {
  const connection = connectionOf(site, kind)
  const standing = await connectionStatus(context.services, site, connection, kind.name)
  const doubts = kind.doubts(connection?.fields ?? {})
  return (
    <article key={kind.name} class="panel" data-testid={`entry-${kind.name}`}>
      <h3>
        {kind.label} <ConnectionBadge standing={standing} />
      </h3>
      {standing.words && <p class={standing.tone === 'bad' ? 'problem' : ''}>{standing.words}</p>}
      {site.managedByEnv ? <ManagedBy name="TAGFERRY_SITES" /> : null}
      {!site.managedByEnv && (
        <details open={!connection?.complete}>
          <summary>Where do I find these?</summary>
          <ol>
            {kind.steps.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
        </details>
      )}
      <ActionForm context={context} action="save">
        <input type="hidden" name="vendor" value={kind.name} />
        <input type="hidden" name="seen" value={String(connection?.version ?? 0)} />
        {kind.fields.map((field) => (
          <Entry key={field.key} {...{ context, site, connection, field, doubt: doubts[field.key] }} />
        ))}
        {!site.managedByEnv && <button type="submit">Save</button>}
      </ActionForm>
      {connection?.complete && (
        <div class="actions">
          <ActionForm context={context} action="test">
            <input type="hidden" name="vendor" value={kind.name} />
            <button type="submit" class="plain">
              Test connection
            </button>
          </ActionForm>
          {standing.paused && !site.managedByEnv && (
            <ActionForm context={context} action="retry">
              <input type="hidden" name="vendor" value={kind.name} />
              <button type="submit" class="plain">
                Try again now
              </button>
            </ActionForm>
          )}
          {!site.managedByEnv && (
            <ActionForm context={context} action="disconnect">
              <input type="hidden" name="vendor" value={kind.name} />
              <button type="submit" class="plain danger">
                Disconnect
              </button>
            </ActionForm>
          )}
          {connection.savedAt && (
            <small>
              Saved <Time at={connection.savedAt} />
            </small>
          )}
        </div>
      )}
      {connection?.complete && !connection.enabled && (
        <p class="next">
          Next:{' '}
          <a class="button" href={to('/configuration', site)}>
            Enable {kind.label}
          </a>{' '}
          under Configuration &gt; Vendors. Until then nothing is sent.
        </p>
      )}
    </article>
  )
}

interface EntryProps {
  context: Context
  site: SiteConfig
  connection: ConnectionConfig | undefined
  field: VendorKind['fields'][number]
  doubt: string | undefined
}

function Entry({ context, site, connection, field, doubt }: EntryProps) {
  const { key, label, hint, secret = false, optional = false } = field
  const tail = connection?.lastFour[key]
  const keeps = secret && tail !== undefined
  return (
    <Field
      context={context}
      action="save"
      name={key}
      label={optional ? `${label} (optional)` : label}
      type={secret ? 'password' : 'text'}
      value={connection?.fields[key] ?? ''}
      placeholder={keeps ? `••••••••${tail} (saved)` : ''}
      readonly={site.managedByEnv}
      hint={
        <>
          {keeps && !site.managedByEnv && 'Leave empty to keep it. '}
          {doubt && <strong>{doubt} </strong>}
          {hint}
        </>
      }
    />
  )
}
