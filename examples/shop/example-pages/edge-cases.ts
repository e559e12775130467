/** Renders pages for edge cases: a failing collector, crawlers, and a host without https. */
import { PLAIN_DOMAIN } from '../keys.js'
import { snippet } from '../pages/snippet.js'
import type { ExamplePage } from './example-page.js'

export const storm: ExamplePage = {
  path: '/storm',
  subdomain: 'www',
  group: 'Edge cases',
  summary:
    'No network, a collector that answers 500 or 429, a browser without beacons: each event arrives once.',
  page: ({ domain, link, query }) => ({
    title: 'Storm warning',
    head: `${query('beacon') === 'off' ? '<script>delete Navigator.prototype.sendBeacon</script>\n' : ''}${snippet(domain)}`,
    main: `
    <h1>Storm warning</h1>
    <p>Make some weather, then call the harbour. The call is kept in the browser until the collector has it.</p>
    <form id="weather" class="buttons">
      <button class="quiet" type="button" value="500" data-testid="answer-500">Two answers 500</button>
      <button class="quiet" type="button" value="429" data-testid="answer-429">Two answers 429</button>
      <a class="button quiet" href="${link('www', '/storm?beacon=off')}">A browser without beacons</a>
    </form>
    <p class="buttons"><button type="button" id="call" data-testid="call">Call the harbour</button>
      <a class="button quiet" href="${link('www', '/')}" data-testid="leave">Run for shelter</a></p>
    <ol class="log" id="log" data-testid="log"></ol>`,
    inlineScript: `
      const log = (text) => {
        const entry = document.createElement('li')
        entry.textContent = text
        document.querySelector('#log').append(entry)
      }
      tagferry.on('queued', ({ event }) => log(\`\${event} is kept\`))
      tagferry.on('sent', ({ event }) => log(\`\${event} has arrived\`))

      document.querySelector('#call').addEventListener('click', () => tagferry.track('Contact'))
      document.querySelector('#weather').addEventListener('click', async ({ target }) => {
        if (!target.value) return
        await fetch('/storm', { method: 'POST', body: new URLSearchParams({ answer: target.value }) })
        log(\`The next two requests get \${target.value}\`)
      })`,
    expected: [
      ['Pageview', 'of this page'],
      ['Contact', 'once for each call, later when the collector fails', 'event:Contact /storm'],
    ],
  }),
}

export const robots: ExamplePage = {
  path: '/robots',
  subdomain: 'www',
  group: 'Edge cases',
  summary: 'Crawlers are skipped, and the page shows it; the browser of a test is a visitor.',
  page: () => ({
    title: 'For robots',
    main: `
    <h1>Are you a robot?</h1>
    <p>Crawlers may read everything here, but they do not count as visitors.</p>
    <p>The collector says: <output data-testid="verdict">…</output></p>`,
    inlineScript: `
      const verdict = document.querySelector('output')
      tagferry.on('sent', () => { verdict.textContent = 'a visitor' })
      tagferry.on('skipped', (event, reason) => { verdict.textContent = reason })`,
    expected: [
      ['Nothing', 'from a crawler: the collector skips it, reason bot'],
      ['Pageview', 'from every other visitor, automated tests included', 'event:Pageview /robots'],
    ],
  }),
}

export const plain: ExamplePage = {
  path: '/plain',
  subdomain: 'www',
  anyHost: true,
  group: 'Edge cases',
  summary: 'A page on plain http has no subtle crypto, so the collector hashes.',
  page: ({ domain, portSuffix }) => ({
    title: 'The old pier',
    head: snippet(domain, `data-aliases="www.${PLAIN_DOMAIN}"`),
    main: `
    <h1>The old pier</h1>
    <p>Nobody has put a lock on it yet. Open it as <code>http://www.${PLAIN_DOMAIN}${portSuffix}/plain</code>, in a browser started with <code>--host-resolver-rules="MAP *.${PLAIN_DOMAIN} 127.0.0.1"</code>.</p>
    <p>This page is <strong data-testid="secure">…</strong></p>
    <form id="ask" class="narrow">
      <fieldset>
        <label>E-mail <input name="email" type="email" required data-testid="email"></label>
      </fieldset>
      <button type="submit" data-testid="send">Tell me when it is mended</button>
    </form>`,
    inlineScript: `
      document.querySelector('[data-testid=secure]').textContent = isSecureContext ? 'a secure context' : 'plain http'

      document.querySelector('#ask').addEventListener('submit', (event) => {
        event.preventDefault()
        tagferry.identify({ email: event.target.elements.email.value })
        tagferry.track('Subscribe')
      })`,
    expected: [['Subscribe', 'with hashed e-mail', 'event:Subscribe key:email /plain']],
    diagnosis: {
      code: 'http_site_no_subtle_crypto',
      title: 'Pages are served over plain http',
      byCheck: true,
    },
  }),
}
