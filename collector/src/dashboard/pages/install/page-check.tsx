/** Check from the server: the form, and what was found at a page of the site the last time. */
import type { Issue } from '../../../diagnose/issue.js'
import { diagnosisOf } from '../../../diagnose/registry.js'
import type { SiteConfig } from '../../../sites/registry.js'
import { ActionForm, Badge, Field, Time } from '../../components/elements.js'
import { SeverityBadge } from '../../components/issue-cards.js'
import { count } from '../../components/labels.js'
import { type Context, type Done, to } from '../../page.js'

interface Checked {
  at: number
  url: string
  issues: Pick<Issue, 'code' | 'detail'>[]
  /** Why nothing came. */
  problem?: string
}

const recordId = (domain: string) => `page-check:${domain}`

export async function pageCheckOf(context: Context, site: SiteConfig) {
  const { services } = context
  const record = services.checkPage && (await services.store.record('setting', recordId(site.domain)))
  const last = record?.body as unknown as Checked | undefined
  return (
    <section data-testid="page-check">
      <h2>Check from the server</h2>
      <p>
        This collector asks for a page as any visitor would, and looks at the script's tag and at the
        Content-Security-Policy. <code>tagferry doctor {last?.url ?? `${site.origin}/`}</code> does the same.
      </p>
      {services.checkPage ? (
        <ActionForm context={context} action="check" class="panel" busy="Checking…">
          <Field
            context={context}
            action="check"
            name="url"
            label="Page"
            value={last?.url ?? `${site.origin}/`}
            required
          />
          <button type="submit">Check from the server</button>
        </ActionForm>
      ) : (
        <p>
          <Badge tone="off">Off</Badge> A collector that fetches pages is a door into its network. Start it
          with <code>TAGFERRY_SITE_CHECK=public</code> to have a button here: it asks for pages of your
          domains at public addresses, and for nothing else.
        </p>
      )}
      {last && <Found context={context} last={last} />}
    </section>
  )
}

const Found = ({ context, last }: { context: Context; last: Checked }) => (
  <>
    <p role="status">
      {last.problem !== undefined ? (
        <Badge tone="bad">Not reached</Badge>
      ) : last.issues.length === 0 ? (
        <Badge tone="good">Nothing found</Badge>
      ) : (
        <Badge tone="waiting">{count(last.issues.length, 'finding')}</Badge>
      )}{' '}
      {last.problem ?? last.url}{' '}
      <small>
        Checked <Time at={last.at} />
      </small>
    </p>
    {last.issues.length > 0 && (
      <div class="cards wide">
        {last.issues.map(({ code, detail }) => {
          const { severity, title, why, fix } = diagnosisOf(code)
          return (
            <article key={code} class="card" data-code={code}>
              <h3>
                <SeverityBadge severity={severity} /> <span>{title}</span>
              </h3>
              {detail && <p>{detail}</p>}
              <p class="why">{why}</p>
              <p>{fix}</p>
              <p>
                <a href={`${to('/help', context.site)}#${code}`}>
                  Help<span class="sr-only"> on: {title}</span>
                </a>
              </p>
            </article>
          )
        })}
      </div>
    )}
  </>
)

/** Asks for the page and keeps what was found. */
export async function checkPage(url: string, { services, site, now }: Context): Promise<Done> {
  if (!site || !services.checkPage)
    return { problems: { '': 'This domain is gone, or TAGFERRY_SITE_CHECK is off.' } }
  if (!URL.canParse(url)) return { problems: { url: `Enter an address such as https://${site.domain}/.` } }
  const { username, password } = new URL(url)
  if (username || password)
    return { problems: { url: 'Leave name and password out: a page that everybody may see is looked at.' } }
  const found = await services.checkPage(site, url)
  const checked: Checked =
    typeof found === 'string'
      ? { at: now, url, issues: [], problem: found }
      : { at: now, url, issues: found.map(({ code, detail }) => ({ code, ...(detail && { detail }) })) }
  await services.store.write([{ kind: 'setting', id: recordId(site.domain), body: { ...checked } }])
  if (checked.problem !== undefined) return { said: 'The page was not reached: see below.' }
  const { length } = checked.issues
  return {
    said: length === 0 ? 'Checked: nothing found.' : `Checked: ${count(length, 'finding')}, see below.`,
  }
}
