/** Renders what surrounds every page behind the log-in: header, navigation, messages, footer. */
import type { ComponentChildren } from 'preact'
import { type Context, type Page, to } from '../page.js'
import { renderDocument } from './document.js'

/** What every page shows about this collector. */
export interface About {
  version: string
  /** Credit that the licence of the region data requires. */
  regionCredit: { text: string; url: string }
  /** TAGFERRY_TIKTOK_URL, where it is set: events do not go to TikTok then. */
  tiktokUrl?: string | undefined
}

export interface AppShellProps {
  about: About
  page: Page
  pages: readonly Page[]
  context: Context
  flashMessage?: string | undefined
  view: ComponentChildren
}

export function renderAppShell(props: AppShellProps): string {
  const { about, page, pages, context, flashMessage, view } = props
  return renderDocument({
    title: isRefused(context) ? `Not saved · ${page.title}` : page.title,
    hasClientScript: true,
    children: (
      <>
        <a class="skip" href="#main">
          Skip to content
        </a>
        <Header context={context} />
        <div class="columns">
          <Navigation current={page} pages={pages} context={context} />
          <main id="main">
            {about.tiktokUrl !== undefined && (
              <p class="banner" role="note">
                Events go to {about.tiktokUrl}, not to TikTok: TAGFERRY_TIKTOK_URL says so.
              </p>
            )}
            <p role="status" class={flashMessage ? 'flash' : 'sr-only'}>
              {flashMessage}
            </p>
            <h1>{page.title}</h1>
            {view}
          </main>
        </div>
        <Footer about={about} />
      </>
    ),
  })
}

const isRefused = ({ submission }: Context) => Object.keys(submission?.problems ?? {}).length > 0

const Header = ({ context: { site, csrf } }: { context: Context }) => (
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
)

interface NavigationProps {
  current: Page
  pages: readonly Page[]
  context: Context
}

const Navigation = ({ current, pages, context: { site } }: NavigationProps) => (
  <nav class="side" aria-label="Dashboard">
    <ul>
      {pages.map(({ path, nav }) =>
        nav === undefined ? null : (
          <li key={path}>
            <a href={to(path, site)} aria-current={isWithin(current.path, path) ? 'page' : undefined}>
              {nav}
            </a>
          </li>
        ),
      )}
    </ul>
  </nav>
)

/** Every path is below that of the overview, which is `/`. */
const isWithin = (path: string, nav: string) => path === nav || (nav !== '/' && path.startsWith(`${nav}/`))

const Footer = ({ about: { version, regionCredit } }: { about: About }) => (
  <footer class="bottom">
    <small>
      tagferry {version} · <a href={regionCredit.url}>{regionCredit.text}</a>
    </small>{' '}
    <button type="button" class="plain" data-times hidden />
  </footer>
)
