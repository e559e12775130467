/** Connections: Token Entry for each vendor, tested when saved, and what became of the connection since. */
import { z } from 'zod'
import type { Outcome, VendorKind } from '../../../vendors/vendor.js'
import { DomainPicker, NoDomain } from '../../components/elements.js'
import type { Form } from '../../form.js'
import { type Context, type Done, type Page, type Problems, to } from '../../page.js'
import { connectionOf, tokenEntry } from './token-entry.js'

export const connections: Page = {
  path: '/connections',
  title: 'Connections',
  nav: 'Connections',
  async view(context) {
    const { site, services } = context
    if (!site) return <NoDomain />
    const entries = await Promise.all(services.kinds.map((kind) => tokenEntry(context, site, kind)))
    return (
      <>
        <DomainPicker context={context} path="/connections" />
        <h2>Token Entry</h2>
        {entries}
      </>
    )
  },
  actions: {
    save: (form, context) => save(form, context),
    test: (form, context) => test(form, context),
    retry: (form, context) => retry(form, context),
    disconnect: (form, context) => disconnect(form, context),
  },
}

/** The chosen site and vendor of a form, if they can be changed here. */
function chosen(form: Form, { site, services }: Context) {
  const kind = services.kinds.find(({ name }) => name === form.text('vendor'))
  return site && kind ? { site, kind } : undefined
}

const nothingToChange: Done = { problems: { '': 'This domain is gone, or is set by TAGFERRY_SITES.' } }

async function save(form: Form, context: Context): Promise<Done> {
  const { services, now } = context
  const picked = chosen(form, context)
  if (!picked || picked.site.managedByEnv) return nothingToChange
  const { site, kind } = picked
  const id = `${site.domain} ${kind.name}`
  const record = await services.store.record('connection', id)
  const kept: Record<string, string> = JSON.parse(record?.secret ?? '{}')
  const read = readFields(kind, form, kept)
  if ('problems' in read) return read
  const credentials = services.vendors.get(kind.name)?.credentials({ ...read.fields, ...read.secrets })
  if (credentials === undefined) return { problems: { '': 'A field is missing.' } }
  const body = { ...record?.body, fields: read.fields, savedAt: now }
  const written = await services.store.write(
    [
      {
        kind: 'connection',
        id,
        body,
        secret: JSON.stringify(read.secrets),
        seen: Number(form.text('seen')) || 0,
      },
    ],
    { at: now, who: 'owner', what: `${kind.label} connection saved`, site: site.domain },
  )
  if (!written)
    return { problems: { '': 'Somebody else has saved this meanwhile. Look at it, and save again.' } }
  await services.apply()
  const outcome = await services.vendors.get(kind.name)?.test(credentials)
  return { said: `Saved${outcome ? wordsOf(outcome, kind, read.secrets, services.clock() - now) : '.'}` }
}

type Read = { problems: Problems } | { fields: Record<string, string>; secrets: Record<string, string> }

/** The fields of the form; an empty secret keeps the one there is. */
function readFields(kind: VendorKind, form: Form, kept: Record<string, string>): Read {
  const fields: Record<string, string> = {}
  const secrets: Record<string, string> = {}
  const problems: Problems = {}
  const schema = z.object(kind.credentials)
  for (const { key, label, secret, optional } of kind.fields) {
    const text = form.text(key) || (secret ? (kept[key] ?? '') : '')
    if (text === '') {
      if (!optional) problems[key] = `Enter the ${label}.`
      continue
    }
    const parsed = schema.safeParse({ [key]: text })
    if (parsed.success) (secret ? secrets : fields)[key] = String(parsed.data[key])
    else problems[key] = sentence(parsed.error.issues[0]?.message ?? 'This cannot be right.')
  }
  return Object.keys(problems).length > 0 ? { problems } : { fields, secrets }
}

const sentence = (text: string) =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!]$/.test(text) ? '' : '.'}`

/** What a test has shown, after "Saved" or "Tested". */
function wordsOf(outcome: Outcome, kind: VendorKind, secrets: Record<string, string>, ms: number): string {
  const tail = Object.values(secrets)[0]?.slice(-4) ?? ''
  const said = [outcome.code, outcome.requestId && `request ${outcome.requestId}`].filter(Boolean).join(', ')
  const words = outcome.message ? `: '${outcome.message}'${said && ` (${said})`}` : ''
  switch (outcome.kind) {
    case 'delivered':
      return `. Access Token ••••••••${tail} was accepted by ${kind.label} (test event delivered in ${ms} ms).`
    case 'credentials_refused':
      return `, but ${kind.label} refused this Access Token${words}. Generate a new one in Events Manager, paste it here, Save.`
    case 'refused':
      return `, but ${kind.label} refused the test event${words}. Verify that the Pixel Code matches your pixel.`
    case 'throttled':
      return `, not tested: ${kind.label} asks to wait${words}.`
    case 'not_sent':
    case 'ambiguous':
      return `, not tested: ${kind.label} could not be reached from this server (${outcome.message ?? 'no answer'}).`
  }
}

async function test(form: Form, context: Context): Promise<Done> {
  const picked = chosen(form, context)
  const { services } = context
  const credentials = picked && services.siteRegistry.credentials(picked.site.domain, picked.kind.name)
  const vendor = services.vendors.get(picked?.kind.name ?? '')
  if (!picked || credentials === undefined || !vendor)
    return { problems: { '': 'There is nothing to test yet.' } }
  const outcome = await vendor.test(credentials)
  const tails = connectionOf(picked.site, picked.kind)?.lastFour ?? {}
  return { said: `Tested${wordsOf(outcome, picked.kind, tails, services.clock() - context.now)}` }
}

async function retry(form: Form, context: Context): Promise<Done> {
  const picked = chosen(form, context)
  const { services, now } = context
  const id = picked ? `${picked.site.domain} ${picked.kind.name}` : ''
  const record = await services.store.record('connection', id)
  if (!picked || !record) return nothingToChange
  await services.store.write([{ kind: 'connection', id, body: { ...record.body, retriedAt: now } }], {
    at: now,
    who: 'owner',
    what: `${picked.kind.label} tried again`,
    site: picked.site.domain,
  })
  await services.apply()
  return { said: 'The next waiting event is being sent.' }
}

async function disconnect(form: Form, context: Context): Promise<Done> {
  const picked = chosen(form, context)
  const { services, now } = context
  if (!picked || picked.site.managedByEnv) return nothingToChange
  const { site, kind } = picked
  await services.store.write([{ kind: 'connection', id: `${site.domain} ${kind.name}`, remove: true }], {
    at: now,
    who: 'owner',
    what: `${kind.label} disconnected`,
    site: site.domain,
  })
  await services.apply()
  return {
    said: `${kind.label} is disconnected: nothing more is sent. What waits stays until there is a new Access Token.`,
    to: to('/connections', site),
  }
}
