/** What surrounds every page behind the log-in: the way around, the chosen domain, what was just done, credits. */
import type { ComponentChildren } from 'preact'
import { type Context, type Page, to } from '../page.js'
import { renderDocument } from './document.js'

export interface AppShellProps {
  page: Page
  pages: readonly Page[]
  context: Context
  /** What was just done. */
  flash?: string | undefined
  view: ComponentChildren
}

export function renderAppShell({ page, pages, context, flash, view }: AppShellProps): string {
  const { site, services, csrf, refused } = context
  return renderDocument({
    title: refused ? `Not saved · ${page.title}` : page.title,
    live: true,
    children: (
      <>
        <a class="skip" href="#main">
          To the content
        </a>
        <header class="top">
          <a class="brand" href={to('', site)}>
            <img src="/admin/static/icon.svg" alt="" width="24" height="24" /> tagferry
          </a>
          <form method="post" action="/admin/logout">
            <input type="hidden" name="csrf" value={csrf} />
            <a href={to('/account', site)}>Account</a>
            <button type="submit" class="plain">
              Log out
            </button>
          </form>
        </header>
        <div class="columns">
          <nav class="side" aria-label="Dashboard">
            <ul>
              {pages.map(({ path, nav }) =>
                nav === undefined ? null : (
                  <li key={path}>
                    <a href={to(path, site)} aria-current={isWithin(page.path, path) ? 'page' : undefined}>
                      {nav}
                    </a>
                  </li>
                ),
              )}
            </ul>
          </nav>
          <main id="main">
            <Banners context={context} />
            <p role="status" class={flash ? 'flash' : 'sr-only'}>
              {flash}
            </p>
            <h1>{page.title}</h1>
            {view}
          </main>
        </div>
        <footer class="bottom">
          <small>
            tagferry {services.version} · <a href={services.regionCredit.url}>{services.regionCredit.text}</a>
          </small>{' '}
          <button type="button" class="plain" data-times hidden />
        </footer>
      </>
    ),
  })
}

/** The overview's path is that of everything. */
const isWithin = (path: string, nav: string) => path === nav || (nav !== '/' && path.startsWith(`${nav}/`))

/** What is out of the ordinary on every page. */
function Banners({ context: { services } }: { context: Context }) {
  const url = services.settings.get('TAGFERRY_TIKTOK_URL')
  if (url === undefined || url.from === 'default') return null
  return (
    <p class="banner" role="note">
      Events go to {url.value}, not to TikTok: TAGFERRY_TIKTOK_URL says so.
    </p>
  )
}
