/** Configuration > Events: sets event names, further domains and the default country of phone numbers. */
import { domain as domainSchema } from '../../../config/parsers.js'
import { siteNamed } from '../../../sites/hosts.js'
import type { SiteConfig } from '../../../sites/registry.js'
import type { Records } from '../../../store/records.js'
import { ActionForm } from '../../components/action-form.js'
import { DomainPicker } from '../../components/domain-picker.js'
import { NoDomain } from '../../components/empty-state.js'
import { Field, Switch } from '../../components/form-fields.js'
import { ManagedBy } from '../../components/managed-by.js'
import type { Form } from '../../form.js'
import type { ActionResult, Context, Page, Problems } from '../../page.js'
import type { SaveConfig } from '../services.js'
import { ConfigurationTabs } from './tabs.js'

export interface EventsConfigurationDeps {
  store: Pick<Records, 'record'>
  saveConfig: SaveConfig
}

const path = '/configuration/events'
const maxAliases = 50

export const createEventsConfigurationPage = (deps: EventsConfigurationDeps): Page => ({
  path,
  title: 'Configuration',
  view: (context) =>
    context.site ? <EventsConfiguration context={context} site={context.site} /> : <NoDomain />,
  actions: { save: (form, context) => saveEventsConfiguration(deps, form, context) },
})

function EventsConfiguration({ context, site }: { context: Context; site: SiteConfig }) {
  const { managedByEnv, keepLegacyNames, aliases, country } = site
  return (
    <>
      <DomainPicker context={context} path={path} />
      <ConfigurationTabs context={context} path={path} />
      <ActionForm context={context} action="save" class="panel">
        <h2>Names</h2>
        <p>
          TikTok renamed CompletePayment to Purchase and SubmitForm to Lead in 2025. tagferry sends the new
          names. A browser pixel on your pages that still sends the old ones does not pair with them: TikTok
          deduplicates by name and id, and would count both.
        </p>
        <Switch
          name="keepLegacyNames"
          label="Keep the old names, for a pixel that still sends them"
          checked={keepLegacyNames}
          disabled={managedByEnv}
        />
        <h2>Pages and people</h2>
        <Field
          context={context}
          action="save"
          name="aliases"
          label="Further domains whose pages may send (optional)"
          value={aliases.join(', ')}
          placeholder="shop.example.net, checkout.example.org"
          hint="Sub-domains are part of their domain already."
          readonly={managedByEnv}
        />
        <Field
          context={context}
          action="save"
          name="country"
          label="Country of phone numbers without a country code (optional)"
          value={country ?? ''}
          placeholder="US"
          hint="Two letters. Without it only numbers that begin with + can be used."
          readonly={managedByEnv}
        />
        {managedByEnv ? <ManagedBy name="TAGFERRY_SITES" /> : <button type="submit">Save</button>}
      </ActionForm>
    </>
  )
}

async function saveEventsConfiguration(
  { store, saveConfig }: EventsConfigurationDeps,
  form: Form,
  { site, sites, now }: Context,
): Promise<ActionResult> {
  const record = site && (await store.record('site', site.domain))
  if (!site || site.managedByEnv || !record)
    return { problems: { '': 'This domain is gone, or is set by TAGFERRY_SITES.' } }
  const country = form.text('country').toUpperCase()
  const { aliases, problem } = parseAliases(form.text('aliases'), site, sites)
  const problems: Problems = {
    ...(problem !== undefined && { aliases: problem }),
    ...(!/^([A-Z]{2})?$/.test(country) && { country: 'Enter the two letters of a country, such as US.' }),
  }
  if (Object.keys(problems).length > 0) return { problems }
  const { country: _replaced, ...unchanged } = record.body
  const body = {
    ...unchanged,
    aliases,
    keepLegacyNames: form.flag('keepLegacyNames'),
    ...(country && { country }),
  }
  await saveConfig([{ kind: 'site', id: site.domain, body }], {
    at: now,
    what: 'Events configuration saved',
    site: site.domain,
  })
  return { flashMessage: 'Saved.' }
}

interface ParsedAliases {
  aliases: string[]
  problem?: string
}

function parseAliases(text: string, site: SiteConfig, sites: readonly SiteConfig[]): ParsedAliases {
  const parsed = text
    .split(/[\s,;]+/)
    .filter(Boolean)
    .map((alias) => domainSchema.safeParse(alias))
  const names = [...new Set(parsed.flatMap(({ data }) => data ?? []))]
  const aliases = names.filter((name) => name !== site.domain)
  const others = sites.filter(({ domain }) => domain !== site.domain)
  const taken = names.find((name) => siteNamed(others, name))
  if (names.length > maxAliases) return { aliases, problem: `Enter at most ${maxAliases} domains.` }
  if (taken) return { aliases, problem: `${taken} is another domain of yours already.` }
  if (parsed.some(({ success }) => !success))
    return {
      aliases,
      problem: 'Enter bare domains with commas between them, without https:// and path.',
    }
  return { aliases }
}
