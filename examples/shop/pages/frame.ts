/**
 * Knows what all pages share: head with the pasted snippet, header, the box *What should happen*, footer.
 * Only our own texts become markup; what a visitor typed appears in scripts alone, by `json`.
 */
import { readFileSync } from 'node:fs'
import { exampleFile } from '../../folder.js'
import type { Link } from '../hosts.js'

export interface Around {
  link: Link
  domain: string
  inspectorUrl: string
  /** Pieces in the cart. */
  pieces: number
}

export interface Page {
  title: string
  main: string
  /** Pasted below the content, as a site owner would. */
  script?: string
  /** Event and where one sees it; the inspector must show these. */
  expected: readonly (readonly [event: string, when: string])[]
}

const paste = readFileSync(exampleFile('shop', 'paste.html'), 'utf8')

/** A value inside a script: `<` is written as an escape, so that no text can end the script. */
export const json = (value: unknown): string => JSON.stringify(value, null, 2).replaceAll('<', '\\u003c')

const indent = (text: string): string => text.trim().replaceAll('\n', '\n    ')

const expectedBox = (page: Page, { inspectorUrl }: Around): string => `
  <details class="expected" data-testid="what-should-happen">
    <summary>What should happen</summary>
    <p>The <a href="${inspectorUrl}" data-testid="inspector-link">inspector</a> shows:</p>
    <ul>
      ${page.expected.map(([event, when]) => `<li data-expected="${event}"><strong>${event}</strong> ${when}</li>`).join('\n      ')}
    </ul>
    <p data-testid="visit-as">Visit as a
      <a href="?visitor=US-CA">Californian</a>, <a href="?visitor=US-TX">Texan</a>, <a href="?visitor=DE">German</a>,
      with <a href="?gpc=1">Global Privacy Control</a>, or as <a href="?visitor=&amp;gpc=">yourself</a>: the inspector shows <code>LDU</code>.</p>
  </details>`

export const frame = (page: Page, around: Around): string => `<!doctype html>
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
    ${indent(paste.replaceAll('{{site}}', around.domain))}
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
      <p>Little Harbour is an example page of tagferry. Nothing is for sale, nothing is shipped, and no event leaves this machine.</p>
    </footer>
    ${page.script ? `<script>\n${page.script.trim()}\n    </script>` : ''}
  </body>
</html>
`
