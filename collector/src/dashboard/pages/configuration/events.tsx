/** Configuration > Events: names that TikTok has changed, further domains, and the country of phone numbers. */
import { domain as domainField } from '../../../config/schema.js'
import { ActionForm, DomainPicker, Field, ManagedBy, NoDomain, Switch } from '../../components/elements.js'
import type { Page } from '../../page.js'
import { ConfigurationTabs } from './tabs.js'

export const eventsConfiguration: Page = {
  path: '/configuration/events',
  title: 'Configuration',
  view(context) {
    const { site } = context
    if (!site) return <NoDomain />
    const { managedByEnv, keepLegacyNames, aliases, country } = site
    return (
      <>
        <DomainPicker context={context} path="/configuration/events" />
        <ConfigurationTabs context={context} path="/configuration/events" />
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
            on={keepLegacyNames}
            off={managedByEnv}
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
  },
  actions: {
    async save(form, { services, site, now }) {
      const record = site && (await services.store.record('site', site.domain))
      if (!site || site.managedByEnv || !record)
        return { problems: { '': 'This domain is gone, or is set by TAGFERRY_SITES.' } }
      const problems: Record<string, string> = {}
      const country = form.text('country').toUpperCase()
      if (country !== '' && !/^[A-Z]{2}$/.test(country))
        problems.country = 'Enter the two letters of a country, such as US.'
      const aliases = form
        .text('aliases')
        .split(/[\s,;]+/)
        .filter(Boolean)
        .map((alias) => domainField.safeParse(alias))
      if (aliases.some(({ success }) => !success))
        problems.aliases = 'Enter bare domains with commas between them, without https:// and path.'
      const names = [...new Set(aliases.flatMap(({ data }) => data ?? []))]
      const others = services.siteRegistry.sites().filter(({ domain }) => domain !== site.domain)
      const taken = names.find((name) =>
        others.some((other) => other.domain === name || other.aliases.includes(name)),
      )
      if (taken) problems.aliases = `${taken} is another domain of yours already.`
      if (names.length > 50) problems.aliases = 'Enter at most 50 domains.'
      if (Object.keys(problems).length > 0) return { problems }
      const { country: _old, ...kept } = record.body
      const body = {
        ...kept,
        aliases: names.filter((name) => name !== site.domain),
        keepLegacyNames: form.flag('keepLegacyNames'),
        ...(country && { country }),
      }
      await services.store.write([{ kind: 'site', id: site.domain, body }], {
        at: now,
        who: 'owner',
        what: 'Events configuration saved',
        site: site.domain,
      })
      await services.apply()
      return { said: 'Saved.' }
    },
  },
}
