/** Connections: saves, tests, retries and disconnects the connection to each vendor. */
import { z } from 'zod'
import type { SiteConfig, SiteRegistry } from '../../../sites/registry.js'
import type { Records } from '../../../store/records.js'
import type { Outcome, VendorKind } from '../../../vendors/vendor.js'
import { DomainPicker } from '../../components/domain-picker.js'
import { NoDomain } from '../../components/empty-state.js'
import type { Form } from '../../form.js'
import { type ActionResult, type Context, type Page, type Problems, to } from '../../page.js'
import { connectionId, connectionOf } from '../connection-record.js'
import type { SaveConfig, VendorsByName } from '../services.js'
import { connectionStatus, type StatusStore } from './connection-status.js'
import { TokenEntry } from './token-entry.js'

export interface ConnectionsDeps {
  store: Pick<Records, 'record'> & StatusStore
  siteRegistry: Pick<SiteRegistry, 'credentials'>
  kinds: readonly VendorKind[]
  vendors: VendorsByName
  /** Unix milliseconds. */
  clock: () => number
  saveConfig: SaveConfig
}

export const createConnectionsPage = (deps: ConnectionsDeps): Page => ({
  path: '/connections',
  title: 'Connections',
  nav: 'Connections',
  view: (context) => (context.site ? viewConnections(deps, context, context.site) : <NoDomain />),
  actions: {
    save: (form, context) => saveConnection(deps, form, context),
    test: (form, context) => testConnection(deps, form, context),
    retry: (form, context) => retryConnection(deps, form, context),
    disconnect: (form, context) => disconnect(deps, form, context),
  },
})

async function viewConnections({ store, kinds }: ConnectionsDeps, context: Context, site: SiteConfig) {
  const entries = await Promise.all(
    kinds.map(async (kind) => {
      const connection = connectionOf(site, kind)
      return { kind, connection, status: await connectionStatus(store, site, kind, connection) }
    }),
  )
  return (
    <>
      <DomainPicker context={context} path="/connections" />
      <h2>Token Entry</h2>
      {entries.map((entry) => (
        <TokenEntry key={entry.kind.name} context={context} site={site} {...entry} />
      ))}
    </>
  )
}

interface Target {
  site: SiteConfig
  kind: VendorKind
}

/** The site and vendor that a form is about. */
function targetOf({ kinds }: ConnectionsDeps, form: Form, { site }: Context): Target | undefined {
  const kind = kinds.find(({ name }) => name === form.text('vendor'))
  return site && kind ? { site, kind } : undefined
}

const notChangeable: ActionResult = {
  problems: { '': 'This domain is gone, or is set by TAGFERRY_SITES.' },
}

async function saveConnection(deps: ConnectionsDeps, form: Form, context: Context): Promise<ActionResult> {
  const { store, vendors, clock, saveConfig } = deps
  const { now } = context
  const target = targetOf(deps, form, context)
  if (!target || target.site.managedByEnv) return notChangeable
  const { site, kind } = target
  const id = connectionId(site, kind)
  const record = await store.record('connection', id)
  const parsed = parseFields(kind, form, JSON.parse(record?.secret ?? '{}'))
  if ('problems' in parsed) return parsed
  const { fields, secrets } = parsed
  const vendor = vendors.get(kind.name)
  const credentials = vendor?.credentials({ ...fields, ...secrets })
  if (!vendor || credentials === undefined) return { problems: { '': 'A field is missing.' } }
  const body = { ...record?.body, fields, savedAt: now }
  const seen = Number(form.text('seen')) || 0
  const isSaved = await saveConfig(
    [{ kind: 'connection', id, body, secret: JSON.stringify(secrets), seen }],
    { at: now, what: `${kind.label} connection saved`, site: site.domain },
  )
  if (!isSaved)
    return { problems: { '': 'Somebody else has saved this meanwhile. Look at it, and save again.' } }
  const outcome = await vendor.test(credentials)
  return { flashMessage: `Saved${testMessage(outcome, kind, secrets, clock() - now)}` }
}

type ParsedFields =
  | { problems: Problems }
  | { fields: Record<string, string>; secrets: Record<string, string> }

/** An empty secret field keeps the stored secret. */
function parseFields(kind: VendorKind, form: Form, storedSecrets: Record<string, string>): ParsedFields {
  const fields: Record<string, string> = {}
  const secrets: Record<string, string> = {}
  const problems: Problems = {}
  const schema = z.object(kind.credentials)
  for (const { key, label, secret, optional } of kind.fields) {
    const text = form.text(key) || (secret ? (storedSecrets[key] ?? '') : '')
    if (text === '') {
      if (!optional) problems[key] = `Enter the ${label}.`
      continue
    }
    const parsed = schema.safeParse({ [key]: text })
    if (parsed.success) (secret ? secrets : fields)[key] = String(parsed.data[key])
    else problems[key] = toSentence(parsed.error.issues[0]?.message ?? 'This cannot be right.')
  }
  return Object.keys(problems).length > 0 ? { problems } : { fields, secrets }
}

const toSentence = (text: string) =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!]$/.test(text) ? '' : '.'}`

/**
 * The result of a test event, to follow "Saved" or "Tested".
 * @param secrets whole secrets, or the last four characters of each
 */
function testMessage(
  outcome: Outcome,
  kind: VendorKind,
  secrets: Record<string, string>,
  durationMs: number,
): string {
  const lastFour = Object.values(secrets)[0]?.slice(-4) ?? ''
  const reference = [outcome.code, outcome.requestId && `request ${outcome.requestId}`]
    .filter(Boolean)
    .join(', ')
  const details = outcome.message ? `: '${outcome.message}'${reference && ` (${reference})`}` : ''
  switch (outcome.kind) {
    case 'delivered':
      return `. Access Token ••••••••${lastFour} was accepted by ${kind.label} (test event delivered in ${durationMs} ms).`
    case 'credentials_refused':
      return `, but ${kind.label} refused this Access Token${details}. Generate a new one in Events Manager, paste it here, Save.`
    case 'refused':
      return `, but ${kind.label} refused the test event${details}. Verify that the Pixel Code matches your pixel.`
    case 'throttled':
      return `, not tested: ${kind.label} asks to wait${details}.`
    case 'not_sent':
    case 'ambiguous':
      return `, not tested: ${kind.label} could not be reached from this server (${outcome.message ?? 'no answer'}).`
  }
}

async function testConnection(deps: ConnectionsDeps, form: Form, context: Context): Promise<ActionResult> {
  const target = targetOf(deps, form, context)
  const vendor = target && deps.vendors.get(target.kind.name)
  const credentials = target && deps.siteRegistry.credentials(target.site.domain, target.kind.name)
  if (!vendor || credentials === undefined) return { problems: { '': 'There is nothing to test yet.' } }
  const outcome = await vendor.test(credentials)
  const { lastFour = {} } = connectionOf(target.site, target.kind) ?? {}
  return {
    flashMessage: `Tested${testMessage(outcome, target.kind, lastFour, deps.clock() - context.now)}`,
  }
}

async function retryConnection(deps: ConnectionsDeps, form: Form, context: Context): Promise<ActionResult> {
  const target = targetOf(deps, form, context)
  const { now } = context
  const id = target ? connectionId(target.site, target.kind) : ''
  const record = await deps.store.record('connection', id)
  if (!target || !record) return notChangeable
  await deps.saveConfig([{ kind: 'connection', id, body: { ...record.body, retriedAt: now } }], {
    at: now,
    what: `${target.kind.label} tried again`,
    site: target.site.domain,
  })
  return { flashMessage: 'The next waiting event is being sent.' }
}

async function disconnect(deps: ConnectionsDeps, form: Form, context: Context): Promise<ActionResult> {
  const target = targetOf(deps, form, context)
  if (!target || target.site.managedByEnv) return notChangeable
  const { site, kind } = target
  await deps.saveConfig([{ kind: 'connection', id: connectionId(site, kind), remove: true }], {
    at: context.now,
    what: `${kind.label} disconnected`,
    site: site.domain,
  })
  return {
    flashMessage: `${kind.label} is disconnected: nothing more is sent. What waits stays until there is a new Access Token.`,
    to: to('/connections', site),
  }
}
