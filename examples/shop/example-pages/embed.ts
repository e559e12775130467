/** Knows forms in frames: of the shop's own page, and sandboxed as shop systems sandbox foreign scripts. */
import { SITE_KEY } from '../keys.js'
import type { Diagnosis, Expected } from '../pages/frame.js'
import { snippet } from '../pages/snippet.js'
import type { Case } from './example-page.js'

interface Framed {
  path: string
  title: string
  line: string
  sandbox: string
  /** Parameters of the form's address. */
  query: string
  expected: readonly Expected[]
  diagnosis?: Diagnosis
}

/** Whoever sends in the name of the shop from elsewhere. */
export const strangers: Diagnosis = {
  code: 'site_key_mismatch',
  title: 'Pages of another domain send under this name',
  byCheck: false,
}

const FRAMES: readonly Framed[] = [
  {
    path: '/frame',
    title: 'A form in a frame',
    line: 'A form of the same shop in an iframe: like any page.',
    sandbox: '',
    query: 'in=frame',
    expected: [['Lead', 'from inside the frame', 'event:Lead /form?in=frame']],
  },
  {
    path: '/frame/sandboxed',
    title: 'A sandboxed form',
    line: 'A sandboxed frame has no origin and no storage: the public site key lets it in.',
    sandbox: ' sandbox="allow-scripts allow-forms"',
    query: 'in=sandbox&key=yes',
    expected: [
      ['Lead', 'although the browser says <code>Origin: null</code>', 'event:Lead /form?in=sandbox'],
    ],
  },
  {
    path: '/frame/keyless',
    title: 'A sandboxed form without the key',
    line: 'The same frame without the site key: the collector skips it, as it could be anybody.',
    sandbox: ' sandbox="allow-scripts allow-forms"',
    query: 'in=keyless',
    expected: [['Nothing', 'of the form: the collector skips it, reason origin_not_allowed']],
    diagnosis: strangers,
  },
]

export const frames: readonly Case[] = FRAMES.map(
  ({ path, title, line, sandbox, query, expected, diagnosis }) => ({
    path,
    house: 'www',
    group: 'Ways to install',
    line,
    page: () => ({
      title,
      main: `
    <h1>Write to the boat-builder</h1>
    <p>The letter box is a page of its own, in a frame${sandbox && ' that trusts nobody'}.</p>
    <iframe class="letter" title="Letter" src="/form?${query}" data-testid="frame"${sandbox}></iframe>`,
      expected: [['Pageview', 'of this page, not of the frame'], ...expected],
      ...(diagnosis && { diagnosis }),
    }),
  }),
)

/** What stands in the frames. A sandboxed one shows the site's public key, as it has no origin to show. */
export const formDocument = (site: string, hasKey: boolean): string => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>Letter · Little Harbour</title>
    <link rel="stylesheet" href="/static/shop.css">
    <link rel="stylesheet" href="/static/forms.css">
    <link rel="stylesheet" href="/static/example-pages.css">
    ${snippet(site, `data-pageview="off"${hasKey ? ` data-site-key="${SITE_KEY}"` : ''}`)}
  </head>
  <body class="letter">
    <form id="letter">
      <fieldset>
        <label>E-mail <input name="email" type="email" required data-testid="email"></label>
      </fieldset>
      <button type="submit" data-testid="send">Send</button>
      <output data-testid="verdict"></output>
    </form>
    <script>
      const verdict = document.querySelector('output')
      tagferry.on('sent', () => { verdict.textContent = 'The gull has your letter.' })
      tagferry.on('skipped', (event, reason) => { verdict.textContent = \`Not sent: \${reason}\` })

      document.querySelector('#letter').addEventListener('submit', (event) => {
        event.preventDefault()
        tagferry.identify({ email: event.target.elements.email.value })
        tagferry.track('Lead')
      })
    </script>
  </body>
</html>
`
