/** Install: shows what to paste where, and verifies the installation. */
import type { Scripts } from '../../../endpoints/script.js'
import type { SiteConfig } from '../../../sites/registry.js'
import type { Verification as Handshake } from '../../../verification/handshake.js'
import type { CheckPage } from '../../../verification/page-check.js'
import { DomainPicker } from '../../components/domain-picker.js'
import { NoDomain } from '../../components/empty-state.js'
import { type ActionResult, type Context, type Page, to } from '../../page.js'
import { installMethods } from './install-methods.js'
import { buildInstallSnippet } from './install-snippet.js'
import { checkPage, lastPageCheck, PageCheck, type PageCheckStore } from './page-check.js'
import { loadVerification, Verification, type VerificationStore } from './verification.js'

export interface InstallDeps {
  store: VerificationStore & PageCheckStore
  scripts: Scripts
  verification: Pick<Handshake, 'begin' | 'last'>
  /** Absent where TAGFERRY_SITE_CHECK is off. */
  checkPage?: CheckPage | undefined
}

export const createInstallPage = (deps: InstallDeps): Page => ({
  path: '/install',
  title: 'Install',
  nav: 'Install',
  view: (context) => (context.site ? viewInstall(deps, context, context.site) : <NoDomain />),
  actions: {
    check: (form, context) => checkPage(deps, form.text('url'), context),
    verify: (_form, context) => beginVerification(deps, context),
  },
})

async function viewInstall(deps: InstallDeps, context: Context, site: SiteConfig) {
  const { origin, query } = context
  const requested = query.get('tab') ?? ''
  const selected = Object.hasOwn(installMethods, requested) ? requested : 'script'
  const { Instructions = () => null } = installMethods[selected] ?? {}
  const snippet = buildInstallSnippet(deps.scripts, origin, site)
  const [verification, lastCheck] = await Promise.all([
    loadVerification(deps, site),
    lastPageCheck(deps, site),
  ])
  return (
    <>
      <DomainPicker context={context} path="/install" />
      <nav class="tabs" aria-label="Ways to install">
        <ul>
          {Object.entries(installMethods).map(([tab, { label }]) => (
            <li key={tab}>
              <a href={to('/install', site, { tab })} aria-current={tab === selected ? 'page' : undefined}>
                {label}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <Instructions site={site} origin={origin} snippet={snippet} />
      <Verification context={context} site={site} {...verification} />
      <PageCheck context={context} site={site} isEnabled={deps.checkPage !== undefined} last={lastCheck} />
    </>
  )
}

async function beginVerification(
  { verification }: InstallDeps,
  { site, now }: Context,
): Promise<ActionResult> {
  if (!site) return { problems: { '': 'This domain is gone.' } }
  await verification.begin(site.domain, now)
  return { flashMessage: 'Open your site with the link below: the results appear here automatically.' }
}
