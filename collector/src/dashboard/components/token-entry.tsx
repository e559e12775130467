/** Token Entry for one vendor: its fields, how the connection stands, and what can be done with it. */
import type { ListedConnection, ListedSite } from '../../sites/registry.js'
import type { VendorKind } from '../../vendors/vendor.js'
import { type Context, to } from '../page.js'
import { ConnectionMark, standingOf } from './connection-status.js'
import { ActionForm, Field, SetBy, Time } from './elements.js'

export const connectionOf = (site: ListedSite, { name }: VendorKind) =>
  site.connections.find(({ vendor }) => vendor === name)

export async function tokenEntry(context: Context, site: ListedSite, kind: VendorKind) {
  const connection = connectionOf(site, kind)
  const standing = await standingOf(context.house, site, connection, kind.name)
  const doubts = kind.doubts(connection?.fields ?? {})
  return (
    <article key={kind.name} class="panel" data-testid={`entry-${kind.name}`}>
      <h3>
        {kind.label} <ConnectionMark standing={standing} />
      </h3>
      {standing.words && <p class={standing.tone === 'bad' ? 'problem' : ''}>{standing.words}</p>}
      {site.fixed ? <SetBy name="TAGFERRY_SITES" /> : null}
      {!site.fixed && (
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
        {!site.fixed && <button type="submit">Save</button>}
      </ActionForm>
      {connection?.complete && (
        <div class="actions">
          <ActionForm context={context} action="test">
            <input type="hidden" name="vendor" value={kind.name} />
            <button type="submit" class="plain">
              Test connection
            </button>
          </ActionForm>
          {standing.paused && !site.fixed && (
            <ActionForm context={context} action="retry">
              <input type="hidden" name="vendor" value={kind.name} />
              <button type="submit" class="plain">
                Try again now
              </button>
            </ActionForm>
          )}
          {!site.fixed && (
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
  site: ListedSite
  connection: ListedConnection | undefined
  field: VendorKind['fields'][number]
  doubt: string | undefined
}

function Entry({ context, site, connection, field, doubt }: EntryProps) {
  const { key, label, hint, secret = false, optional = false } = field
  const tail = connection?.tails[key]
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
      readonly={site.fixed}
      hint={
        <>
          {keeps && !site.fixed && 'Leave empty to keep it. '}
          {doubt && <strong>{doubt} </strong>}
          {hint}
        </>
      }
    />
  )
}
