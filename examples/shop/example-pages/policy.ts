/** Knows pages with a Content-Security-Policy: one that fits, one that forgets the collector. */
import { snippet } from '../pages/snippet.js'
import type { Case, Visit } from './example-page.js'

const policy = ({ nonce }: Visit, connect: string): Record<string, string> => ({
  'Content-Security-Policy': [
    "default-src 'none'; base-uri 'none'; form-action 'self'",
    `script-src 'nonce-${nonce}' 'strict-dynamic'; style-src 'self'; img-src 'self'${connect}`,
    "require-trusted-types-for 'script'; trusted-types 'none'",
  ].join('; '),
})

export const strict: Case = {
  path: '/policy',
  house: 'www',
  group: 'Ways to install',
  line: 'Under the strictest policy: nonces, Trusted Types, and one line for the collector.',
  headers: (visit) => policy(visit, "; connect-src 'self'"),
  page: ({ domain, nonce }) => ({
    title: 'House rules',
    nonce,
    head: snippet(domain),
    main: `
    <h1>House rules</h1>
    <p>No open fire, no whistling, and no script that we did not sign. This page lets the snippet in by its nonce, and talk to its own host alone:</p>
    <pre>Content-Security-Policy: script-src 'nonce-…' 'strict-dynamic'; connect-src 'self'; …</pre>`,
    script: `tagferry.track('Contact')`,
    expected: [
      ['Pageview', 'of this page', 'event:Pageview /policy'],
      ['Contact', 'of the page’s own script', 'event:Contact /policy'],
    ],
  }),
}

export const wrong: Case = {
  path: '/policy/wrong',
  house: 'www',
  group: 'Ways to install',
  line: 'A policy that forgets the collector: the check of the installation says which line is missing.',
  headers: (visit) => policy(visit, ''),
  page: ({ domain, nonce, link }) => ({
    title: 'A rule too many',
    nonce,
    head: snippet(domain),
    main: `
    <h1>A rule too many</h1>
    <p>This page's policy has no <code>connect-src</code>, so nothing may leave it, no event either. What happens here is kept, and goes with the next page of the shop.</p>
    <p><a class="button" href="${link('www', '/policy/wrong?tagferry_verify=example')}" data-testid="check">Check the installation</a></p>`,
    expected: [
      ['Nothing', 'until a page without this policy sends what was kept; the browser’s console says why'],
      ['Nothing', 'after the check either, but a note on the page names the line that is missing'],
    ],
    diagnosis: {
      code: 'csp_blocks_connect',
      title: 'The Content Security Policy of the page blocks what the script sends',
      byCheck: true,
    },
  }),
}
