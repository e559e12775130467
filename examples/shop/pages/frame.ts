/**
 * Knows what all pages share: head with the pasted snippet, header, the box *What should happen*, footer.
 * Only our own texts become markup; what a visitor typed appears in scripts alone, by `json`.
 */
import type { Link } from '../hosts.js'
import { snippet } from './snippet.js'

export interface Around {
  link: Link
  domain: string
  inspectorUrl: string
  /** Pieces in the cart. */
  pieces: number
  /** Number of the customer who is signed in. */
  customer?: string | undefined
}

export interface Page {
  title: string
  main: string
  /** In place of the pasted snippet. */
  head?: string
  /** Pasted below the content, as a site owner would. */
  script?: string
  /** The last thing in the body. */
  foot?: string
  /** Of a strict Content-Security-Policy: each script of the page carries it. */
  nonce?: string
  /** The inspector must show these. */
  expected: readonly Expected[]
  diagnosis?: Diagnosis
}

/** What the dashboard must show under Diagnostics. */
export interface Diagnosis {
  code: string
  title: string
  /** Seen only when the owner has the page checked. */
  byCheck: boolean
  /** Whose check it is, where not that of the page's own address. */
  address?: string
  when?: string
}

/** Event and where one sees it; `query` finds it in the inspector. */
export type Expected = readonly [event: string, when: string, query?: string]

/** A value inside a script: `<` is written as an escape, so that no text can end the script. */
export const json = (value: unknown): string => JSON.stringify(value, null, 2).replaceAll('<', '\\u003c')

const indent = (text: string): string => text.trim().replaceAll('\n', '\n    ')

const diagnosed = ({ code, title, byCheck, address = 'this address', when = '' }: Diagnosis): string => `
    <p>Diagnostics of the dashboard says: <em data-diagnosis="${code}">${title}</em>${when}${byCheck ? `. It learns that from a check: press <em>Check my site</em> under Install, and put what it tells you behind ${address}` : ''}.</p>`

const expectedBox = (page: Page, { inspectorUrl }: Around): string => `
  <details class="expected" data-testid="what-should-happen">
    <summary>What should happen</summary>
    <p>The <a href="${inspectorUrl}" data-testid="inspector-link">inspector</a> shows:</p>
    <ul>
      ${page.expected.map(([event, when]) => `<li data-expected="${event}"><strong>${event}</strong> ${when}</li>`).join('\n      ')}
    </ul>${page.diagnosis ? diagnosed(page.diagnosis) : ''}
    <p data-testid="visit-as">Visit as a
      <a href="?visitor=US-CA">Californian</a>, <a href="?visitor=US-TX">Texan</a>, <a href="?visitor=DE">German</a>,
      with <a href="?gpc=1">Global Privacy Control</a>, or as <a href="?visitor=&amp;gpc=">yourself</a>: the inspector shows <code>LDU</code>.</p>
  </details>`

/** On every page, so that each event of theirs is known by it on all hosts of the shop. */
const customerScript = ({ customer }: Around): string =>
  customer ? `\n    <script>tagferry.identify({ external_id: ${json(customer)} })</script>` : ''

const withNonce = (html: string, nonce: string | undefined): string =>
  nonce ? html.replaceAll('<script', `<script nonce="${nonce}"`) : html

export const frame = (page: Page, around: Around): string =>
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
    ${indent(page.head ?? snippet(around.domain))}${customerScript(around)}
  </head>
  <body>
    <header class="top">
      <a class="brand" href="${around.link('www', '/')}" data-testid="home"><img src="/static/icon.svg" alt="" width="34" height="34">Little Harbour</a>
      <nav aria-label="Shop">
        <a href="${around.link('www', '/')}#boats">Boats</a>
        <a class="cart-link" href="${around.link('shop', '/cart')}" data-testid="cart-link">Cart <span class="pieces" data-testid="cart-count">${around.pieces}</span></a>
      </nav>
    </header>
    <main>${page.main}</main>
    ${expectedBox(page, around)}
    <footer>
      <p>Little Harbour is an example page of tagferry. Nothing is for sale, nothing is shipped, and no event leaves this machine. <a href="${around.link('www', '/examples')}" data-testid="examples">More examples</a></p>
    </footer>
    ${page.script ? `<script>\n      ${page.script.trim()}\n    </script>` : ''}${page.foot ?? ''}
  </body>
</html>
`,
    page.nonce,
  )
