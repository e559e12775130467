/** Knows the page of somebody who means harm, and the foreign page they would use. */
import { json, type Page } from '../pages/frame.js'
import { strangers } from './embed.js'
import type { Case, Visit } from './example-page.js'

const evil = '<img src=x onerror=alert(1)></script><script>alert(1)</script>'

const nested = "'['.repeat(5000) + ']'.repeat(5000)"

export const attack: Case = {
  path: '/attack',
  house: 'www',
  group: 'Rough sea',
  line: 'Scripts in names, a body of a megabyte, bottomless JSON, a foreign page: refused, or shown as text.',
  page: ({ domain, port }) => ({
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
    <p><a href="http://evil.localhost${port}/attack/foreign" data-testid="foreign">The same from a foreign page</a></p>`,
    script: `
      const evil = ${json(evil)}
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
      ['Contact', 'with the script as text; the inspector runs nothing', 'event:Contact onerror /attack'],
      ['Nothing', 'else: 413 for the megabyte, 400 for what is too deep'],
      ['Nothing', 'from the foreign page: the collector skips it, reason origin_not_allowed'],
    ],
  }),
}

/** On a host that is none of the shop's. */
export const foreign = ({ domain, link }: Visit): Page => ({
  title: 'Somewhere else',
  head: `<script async src="${link('www', '/t/t.js')}" data-site="${domain}"></script>`,
  main: `
    <h1>Somewhere else entirely</h1>
    <p>This page has copied the snippet of a shop that is not its own.</p>
    <p><button type="button" id="post" data-testid="post">Send an order that never was</button></p>
    <p><output data-testid="answer"></output></p>`,
  script: `
      document.querySelector('#post').addEventListener('click', async () => {
        window.tagferry?.track('Purchase', { value: 1, currency: 'USD' })
        const body = ${json({ site: domain, events: [{ event: 'Purchase', properties: { value: 1, currency: 'USD' } }] })}
        const answer = await fetch('${link('www', '/t/e')}', { method: 'POST', body: JSON.stringify(body) }).catch(String)
        document.querySelector('output').textContent = answer.status ?? answer
      })`,
  expected: [['Nothing', 'of it: the collector skips it, reason origin_not_allowed']],
  diagnosis: strangers,
})
