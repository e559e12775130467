/** Renders a page that sends hostile input, and a foreign page that uses the snippet of the shop. */
import { type Page, scriptJson } from '../pages/layout.js'
import type { ExampleContext, ExamplePage } from './example-page.js'
import { siteKeyMismatch } from './frames.js'

const hostileText = '<img src=x onerror=alert(1)></script><script>alert(1)</script>'

const nested = "'['.repeat(5000) + ']'.repeat(5000)"

export const attack: ExamplePage = {
  path: '/attack',
  subdomain: 'www',
  group: 'Edge cases',
  summary:
    'Scripts in names, a body of a megabyte, deeply nested JSON, a foreign page: rejected, cut, or shown as text.',
  page: ({ domain, portSuffix }) => ({
    title: 'Pirates',
    main: `
    <h1>Pirates</h1>
    <p>They come at night, with names that are scripts and letters that never end.</p>
    <form id="attacks" class="buttons">
      <button type="button" value="names" data-testid="attack-names">Scripts for names</button>
      <button type="button" value="large" data-testid="attack-large">A megabyte</button>
      <button type="button" value="nested" data-testid="attack-nested">Bottomless JSON</button>
      <button type="button" value="deep" data-testid="attack-deep">Deep properties</button>
    </form>
    <p>The collector says: <output data-testid="answer">…</output></p>
    <p><a href="http://evil.localhost${portSuffix}/attack/foreign" data-testid="foreign">The same from a foreign page</a></p>`,
    inlineScript: `
      const evil = ${scriptJson(hostileText)}
      const event = (properties) => JSON.stringify({ site: '${domain}', events: [{ event: 'Contact', properties }] })
      const deep = (depth) => (depth ? { hold: deep(depth - 1) } : 'rum')
      const bodies = {
        large: () => event({ description: 'x'.repeat(1 << 20) }),
        nested: () => ${nested},
        deep: () => event(deep(50)),
      }

      document.querySelector('#attacks').addEventListener('click', async ({ target }) => {
        if (target.value === 'names') {
          tagferry.identify({ first_name: evil, external_id: evil })
          return tagferry.track('Contact', { description: evil, query: evil })
        }
        const answer = await fetch('/t/e', { method: 'POST', body: bodies[target.value]() })
        document.querySelector('output').textContent = \`\${answer.status} \${await answer.text()}\`
      })`,
    expected: [
      ['Contact', 'with the script as text; the inspector does not run it', 'event:Contact onerror /attack'],
      ['Contact', 'from “Deep properties”, without what is deeper than 12 levels', 'event:Contact /attack'],
      ['Nothing', 'from the other buttons: 413 for the megabyte, 400 for JSON without an event'],
      ['Nothing', 'from the foreign page: the collector skips it, reason origin_not_allowed'],
    ],
  }),
}

/** Served on a host that does not belong to the shop. */
export const foreignPage = ({ domain, link }: ExampleContext): Page => ({
  title: 'Somewhere else',
  head: `<script async src="${link('www', '/t/t.js')}" data-site="${domain}"></script>`,
  main: `
    <h1>Somewhere else entirely</h1>
    <p>This page has copied the snippet of a shop that is not its own.</p>
    <p><button type="button" id="post" data-testid="post">Send an order that never was</button></p>
    <p><output data-testid="answer"></output></p>`,
  inlineScript: `
      document.querySelector('#post').addEventListener('click', async () => {
        window.tagferry?.track('Purchase', { value: 1, currency: 'USD' })
        const body = ${scriptJson({ site: domain, events: [{ event: 'Purchase', properties: { value: 1, currency: 'USD' } }] })}
        const answer = await fetch('${link('www', '/t/e')}', { method: 'POST', body: JSON.stringify(body) }).catch(String)
        document.querySelector('output').textContent = answer.status ?? answer
      })`,
  expected: [['Nothing', 'of it: the collector skips it, reason origin_not_allowed']],
  diagnosis: siteKeyMismatch,
})
