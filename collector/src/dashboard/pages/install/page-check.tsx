/** Check from the server: fetches a page of the site, and shows what was found the last time. */
import type { SiteConfig } from '../../../sites/registry.js'
import type { Records } from '../../../store/records.js'
import type { CheckPage } from '../../../verification/page-check.js'
import { ActionForm } from '../../components/action-form.js'
import { Badge } from '../../components/badge.js'
import { Field } from '../../components/form-fields.js'
import { count } from '../../components/format.js'
import { FindingCards, type FindingCardsProps } from '../../components/issue-cards.js'
import { Time } from '../../components/time.js'
import type { ActionResult, Context } from '../../page.js'

/** The last check, as it is stored. */
interface StoredCheck {
  /** Unix milliseconds. */
  at: number
  url: string
  issues: FindingCardsProps['findings']
  /** Why the page could not be fetched. */
  problem?: string
}

export type PageCheckStore = Pick<Records, 'record' | 'write'>

export interface PageCheckDeps {
  store: PageCheckStore
  checkPage?: CheckPage | undefined
}

const recordId = ({ domain }: SiteConfig) => `page-check:${domain}`

/** Returns undefined where the check is off or was never run. */
export async function lastPageCheck(
  { store, checkPage }: PageCheckDeps,
  site: SiteConfig,
): Promise<StoredCheck | undefined> {
  const record = checkPage && (await store.record('setting', recordId(site)))
  return record?.body as StoredCheck | undefined
}

export interface PageCheckProps {
  context: Context
  site: SiteConfig
  isEnabled: boolean
  last: StoredCheck | undefined
}

export function PageCheck({ context, site, isEnabled, last }: PageCheckProps) {
  const url = last?.url ?? `${site.origin}/`
  return (
    <section data-testid="page-check">
      <h2>Check from the server</h2>
      <p>
        This collector asks for a page as any visitor would, and looks at the script's tag and at the
        Content-Security-Policy. <code>tagferry doctor {url}</code> does the same.
      </p>
      {isEnabled ? (
        <ActionForm context={context} action="check" class="panel" busy="Checking…">
          <Field context={context} action="check" name="url" label="Page" value={url} required />
          <button type="submit">Check from the server</button>
        </ActionForm>
      ) : (
        <p>
          <Badge tone="off">Off</Badge> A collector that fetches pages is a door into its network. Start it
          with <code>TAGFERRY_SITE_CHECK=public</code> to have a button here: it asks for pages of your
          domains at public addresses, and for nothing else.
        </p>
      )}
      {last && <CheckResult context={context} check={last} />}
    </section>
  )
}

const CheckResult = ({ context, check }: { context: Context; check: StoredCheck }) => (
  <>
    <p role="status">
      {check.problem !== undefined ? (
        <Badge tone="bad">Not reached</Badge>
      ) : check.issues.length === 0 ? (
        <Badge tone="good">Nothing found</Badge>
      ) : (
        <Badge tone="waiting">{count(check.issues.length, 'finding')}</Badge>
      )}{' '}
      {check.problem ?? check.url}{' '}
      <small>
        Checked <Time at={check.at} />
      </small>
    </p>
    {check.issues.length > 0 && <FindingCards context={context} findings={check.issues} />}
  </>
)

/** Fetches and checks a page, and stores the result. */
export async function checkPage(
  { store, checkPage: fetchAndCheck }: PageCheckDeps,
  url: string,
  { site, now }: Context,
): Promise<ActionResult> {
  if (!site || !fetchAndCheck)
    return { problems: { '': 'This domain is gone, or TAGFERRY_SITE_CHECK is off.' } }
  if (!URL.canParse(url)) return { problems: { url: `Enter an address such as https://${site.domain}/.` } }
  const { username, password } = new URL(url)
  if (username || password)
    return { problems: { url: 'Leave name and password out: a page that everybody may see is looked at.' } }
  const result = await fetchAndCheck(site, url)
  const isReached = typeof result !== 'string'
  const check: StoredCheck = {
    at: now,
    url,
    issues: isReached ? result.map(({ code, detail }) => ({ code, ...(detail && { detail }) })) : [],
    ...(!isReached && { problem: result }),
  }
  await store.write([{ kind: 'setting', id: recordId(site), body: { ...check } }])
  if (!isReached) return { flashMessage: 'The page was not reached: see below.' }
  return {
    flashMessage:
      check.issues.length === 0
        ? 'Checked: nothing found.'
        : `Checked: ${count(check.issues.length, 'finding')}, see below.`,
  }
}
