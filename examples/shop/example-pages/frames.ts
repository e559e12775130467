/** Renders pages with a form in a frame: plain, and sandboxed as some shop systems do with third-party scripts. */
import { SITE_KEY } from '../keys.js'
import type { Diagnosis, ExpectedEvent } from '../pages/layout.js'
import { snippet } from '../pages/snippet.js'
import type { ExamplePage } from './example-page.js'

interface FrameExample {
  path: string
  title: string
  summary: string
  sandbox: string
  /** Query string of the form. */
  query: string
  expected: readonly ExpectedEvent[]
  diagnosis?: Diagnosis
}

/** Shown when pages of another domain send events for this site. */
export const siteKeyMismatch: Diagnosis = {
  code: 'site_key_mismatch',
  title: 'Pages of another domain send under this name',
  byCheck: false,
}

const FRAMES: readonly FrameExample[] = [
  {
    path: '/frame',
    title: 'A form in a frame',
    summary: 'A form of the same shop in an iframe works like any page.',
    sandbox: '',
    query: 'in=frame',
    expected: [['Lead', 'from inside the frame', 'event:Lead /form?in=frame']],
  },
  {
    path: '/frame/sandboxed',
    title: 'A sandboxed form',
    summary:
      'A sandboxed frame has no origin and no storage: the collector accepts it by the public site key.',
    sandbox: ' sandbox="allow-scripts allow-forms"',
    query: 'in=sandbox&key=yes',
    expected: [
      ['Lead', 'although the browser says <code>Origin: null</code>', 'event:Lead /form?in=sandbox'],
    ],
  },
  {
    path: '/frame/keyless',
    title: 'A sandboxed form without the key',
    summary: 'The same frame without the site key: the collector skips it, as any site could have sent it.',
    sandbox: ' sandbox="allow-scripts allow-forms"',
    query: 'in=keyless',
    expected: [['Nothing', 'of the form: the collector skips it, reason origin_not_allowed']],
    diagnosis: siteKeyMismatch,
  },
]

const framePage = ({
  path,
  title,
  summary,
  sandbox,
  query,
  expected,
  diagnosis,
}: FrameExample): ExamplePage => ({
  path,
  subdomain: 'www',
  group: 'Ways to install',
  summary,
  page: () => ({
    title,
    main: `
    <h1>Write to the boat-builder</h1>
    <p>The letter box is a page of its own, in a frame${sandbox && ' that trusts nobody'}.</p>
    <iframe class="letter" title="Letter" src="/form?${query}" data-testid="frame"${sandbox}></iframe>`,
    expected: [['Pageview', 'of this page, not of the frame'], ...expected],
    ...(diagnosis && { diagnosis }),
  }),
})

export const framePages: readonly ExamplePage[] = FRAMES.map(framePage)

/** Document in the frames. A sandboxed frame has no origin, so its snippet sends the public site key. */
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
