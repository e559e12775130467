/**
 * Renders what all pages share: head with the install snippet, header, the box *What should happen*, footer.
 * Markup contains texts of the shop only. Input of visitors appears in scripts only, through `scriptJson`.
 */
import type { Link } from '../hosts.js'
import { snippet } from './snippet.js'

export interface PageContext {
  link: Link
  domain: string
  inspectorUrl: string
  /** Pieces in the cart. */
  cartQuantity: number
  /** Number of the customer who is signed in. */
  customer?: string | undefined
}

export interface Page {
  title: string
  main: string
  /** Replaces the install snippet in the head. */
  head?: string
  /** JavaScript of an inline script below the content. */
  inlineScript?: string
  /** Script tags at the end of the body. */
  scripts?: string
  /** Nonce of a strict Content-Security-Policy, set on each script of the page. */
  nonce?: string
  /** Events that the inspector must show. */
  expected: readonly ExpectedEvent[]
  diagnosis?: Diagnosis
}

/** Issue that the dashboard must show under Diagnostics. */
export interface Diagnosis {
  code: string
  title: string
  /** Whether only a check of the installation finds it. */
  byCheck: boolean
  /** The address to check; the page's own address by default. */
  address?: string
  /** Condition, appended to the title. */
  when?: string
}

/** An event and when it appears; `query` finds it in the inspector. */
export type ExpectedEvent = readonly [event: string, when: string, query?: string]

/** A value as JSON inside a script. `<` is escaped, so that no text can end the script. */
export const scriptJson = (value: unknown): string =>
  JSON.stringify(value, null, 2).replaceAll('<', '\\u003c')

const indent = (text: string): string => text.trim().replaceAll('\n', '\n    ')

const diagnosisNote = ({ code, title, byCheck, address = 'this address', when = '' }: Diagnosis): string => `
    <p>Diagnostics in the dashboard shows: <em data-diagnosis="${code}">${title}</em>${when}${byCheck ? `. Only a check finds this: press <em>Check my site</em> under Install, and append the given parameters to ${address}` : ''}.</p>`

const expectedBox = (page: Page, { inspectorUrl }: PageContext): string => `
  <details class="expected" data-testid="what-should-happen">
    <summary>What should happen</summary>
    <p>The <a href="${inspectorUrl}" data-testid="inspector-link">inspector</a> shows:</p>
    <ul>
      ${page.expected.map(([event, when]) => `<li data-expected="${event}"><strong>${event}</strong> ${when}</li>`).join('\n      ')}
    </ul>${page.diagnosis ? diagnosisNote(page.diagnosis) : ''}
    <p data-testid="visit-as">Visit as a
      <a href="?visitor=US-CA">Californian</a>, <a href="?visitor=US-TX">Texan</a>, <a href="?visitor=DE">German</a>,
      with <a href="?gpc=1">Global Privacy Control</a>, or as <a href="?visitor=&amp;gpc=">yourself</a>: the inspector shows <code>LDU</code>.</p>
  </details>`

/** Identifies the signed-in customer on every page, so that events on all hosts carry the same external_id. */
const customerScript = ({ customer }: PageContext): string =>
  customer ? `\n    <script>tagferry.identify({ external_id: ${scriptJson(customer)} })</script>` : ''

const withNonce = (html: string, nonce: string | undefined): string =>
  nonce ? html.replaceAll('<script', `<script nonce="${nonce}"`) : html

export const renderPage = (page: Page, context: PageContext): string =>
  withNonce(
    `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>${page.title} · Little Harbour</title>
    <link rel="icon" href="/static/icon.svg">
    <link rel="stylesheet" href="/static/shop.css">
    <link rel="stylesheet" href="/static/forms.css">
    <link rel="stylesheet" href="/static/pictures.css">
    <link rel="stylesheet" href="/static/pages.css">
    <link rel="stylesheet" href="/static/example-pages.css">
    ${indent(page.head ?? snippet(context.domain))}${customerScript(context)}
  </head>
  <body>
    <header class="top">
      <a class="brand" href="${context.link('www', '/')}" data-testid="home"><img src="/static/icon.svg" alt="" width="34" height="34">Little Harbour</a>
      <nav aria-label="Shop">
        <a href="${context.link('www', '/')}#boats">Boats</a>
        <a class="cart-link" href="${context.link('shop', '/cart')}" data-testid="cart-link">Cart <span class="cart-count" data-testid="cart-count">${context.cartQuantity}</span></a>
      </nav>
    </header>
    <main>${page.main}</main>
    ${expectedBox(page, context)}
    <footer>
      <p>Little Harbour is an example page of tagferry. Nothing is for sale, nothing is shipped, and no event leaves this machine. <a href="${context.link('www', '/examples')}" data-testid="examples">More examples</a></p>
    </footer>
    ${page.inlineScript ? `<script>\n      ${page.inlineScript.trim()}\n    </script>` : ''}${page.scripts ?? ''}
  </body>
</html>
`,
    page.nonce,
  )
