/** Token Entry: the credential fields of a vendor, the status of the connection, and its actions. */
import type { ConnectionConfig, SiteConfig } from '../../../sites/registry.js'
import type { VendorKind } from '../../../vendors/vendor.js'
import { ActionForm } from '../../components/action-form.js'
import { Field } from '../../components/form-fields.js'
import { ManagedBy } from '../../components/managed-by.js'
import { Time } from '../../components/time.js'
import { type Context, to } from '../../page.js'
import { ConnectionBadge, type ConnectionStatus } from './connection-status.js'

export interface TokenEntryProps {
  context: Context
  site: SiteConfig
  kind: VendorKind
  connection: ConnectionConfig | undefined
  status: ConnectionStatus
}

export function TokenEntry(props: TokenEntryProps) {
  const { site, kind, connection, status } = props
  return (
    <article class="panel" data-testid={`entry-${kind.name}`}>
      <h3>
        {kind.label} <ConnectionBadge status={status} />
      </h3>
      {status.message && <p class={status.tone === 'bad' ? 'problem' : ''}>{status.message}</p>}
      {site.managedByEnv ? (
        <ManagedBy name="TAGFERRY_SITES" />
      ) : (
        <details open={!connection?.complete}>
          <summary>Where do I find these?</summary>
          <ol>
            {kind.steps.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
        </details>
      )}
      <CredentialsForm {...props} />
      {connection?.complete && <ConnectionActions {...props} connection={connection} />}
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

function CredentialsForm({ context, site, kind, connection }: Omit<TokenEntryProps, 'status'>) {
  const doubts = kind.warnings(connection?.fields ?? {})
  return (
    <ActionForm context={context} action="save">
      <input type="hidden" name="vendor" value={kind.name} />
      <input type="hidden" name="seen" value={String(connection?.version ?? 0)} />
      {kind.fields.map((field) => (
        <CredentialField
          key={field.key}
          {...{ context, site, connection, field, doubt: doubts[field.key] }}
        />
      ))}
      {!site.managedByEnv && <button type="submit">Save</button>}
    </ActionForm>
  )
}

interface CredentialFieldProps {
  context: Context
  site: SiteConfig
  connection: ConnectionConfig | undefined
  field: VendorKind['fields'][number]
  /** What may be wrong with the saved value. */
  doubt: string | undefined
}

function CredentialField({ context, site, connection, field, doubt }: CredentialFieldProps) {
  const { key, label, hint, secret = false, optional = false } = field
  const lastFour = connection?.lastFour[key]
  const isSavedSecret = secret && lastFour !== undefined
  return (
    <Field
      context={context}
      action="save"
      name={key}
      label={optional ? `${label} (optional)` : label}
      type={secret ? 'password' : 'text'}
      value={connection?.fields[key] ?? ''}
      placeholder={isSavedSecret ? `••••••••${lastFour} (saved)` : ''}
      readonly={site.managedByEnv}
      hint={
        <>
          {isSavedSecret && !site.managedByEnv && 'Leave empty to keep it. '}
          {doubt && <strong>{doubt} </strong>}
          {hint}
        </>
      }
    />
  )
}

interface ConnectionActionsProps extends TokenEntryProps {
  connection: ConnectionConfig
}

function ConnectionActions({ context, site, kind, connection, status }: ConnectionActionsProps) {
  const shared = { context, vendor: kind.name }
  return (
    <div class="actions">
      <VendorButton {...shared} action="test" label="Test connection" />
      {status.paused && !site.managedByEnv && (
        <VendorButton {...shared} action="retry" label="Try again now" />
      )}
      {!site.managedByEnv && <VendorButton {...shared} action="disconnect" label="Disconnect" isDangerous />}
      {connection.savedAt && (
        <small>
          Saved <Time at={connection.savedAt} />
        </small>
      )}
    </div>
  )
}

interface VendorButtonProps {
  context: Context
  vendor: string
  action: string
  label: string
  isDangerous?: boolean
}

const VendorButton = ({ context, vendor, action, label, isDangerous }: VendorButtonProps) => (
  <ActionForm context={context} action={action}>
    <input type="hidden" name="vendor" value={vendor} />
    <button type="submit" class={isDangerous ? 'plain danger' : 'plain'}>
      {label}
    </button>
  </ActionForm>
)
