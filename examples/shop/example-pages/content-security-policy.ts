/** Renders pages with a Content-Security-Policy: one that allows the collector, one that blocks it. */
import { snippet } from '../pages/snippet.js'
import type { ExampleContext, ExamplePage } from './example-page.js'

const policyHeaders = ({ nonce }: ExampleContext, connect: string): Record<string, string> => ({
  'Content-Security-Policy': [
    "default-src 'none'; base-uri 'none'; form-action 'self'",
    `script-src 'nonce-${nonce}' 'strict-dynamic'; style-src 'self'; img-src 'self'${connect}`,
    "require-trusted-types-for 'script'; trusted-types 'none'",
  ].join('; '),
})

export const strictPolicy: ExamplePage = {
  path: '/policy',
  subdomain: 'www',
  group: 'Ways to install',
  summary: 'Under the strictest policy: nonces, Trusted Types, and one line for the collector.',
  headers: (context) => policyHeaders(context, "; connect-src 'self'"),
  page: ({ domain, nonce }) => ({
    title: 'Store policies',
    nonce,
    head: snippet(domain),
    main: `
    <h1>Store policies</h1>
    <p>No open fire, no whistling, and no script that we did not sign. This page lets the snippet in by its nonce, and talk to its own host alone:</p>
    <pre>Content-Security-Policy: script-src 'nonce-…' 'strict-dynamic'; connect-src 'self'; …</pre>`,
    inlineScript: `tagferry.track('Contact')`,
    expected: [
      ['Pageview', 'of this page', 'event:Pageview /policy'],
      ['Contact', 'of the page’s own script', 'event:Contact /policy'],
    ],
  }),
}

export const incompletePolicy: ExamplePage = {
  path: '/policy/wrong',
  subdomain: 'www',
  group: 'Ways to install',
  summary: 'A policy that forgets the collector: the installation check names the missing line.',
  headers: (context) => policyHeaders(context, ''),
  page: ({ domain, nonce, link }) => ({
    title: 'A rule too many',
    nonce,
    head: snippet(domain),
    main: `
    <h1>A rule too many</h1>
    <p>This page's policy has no <code>connect-src</code>, so nothing may leave it, no event either. The script keeps the events, and sends them with the next page of the shop.</p>
    <p><a class="button" href="${link('www', '/policy/wrong?tagferry_verify=example')}" data-testid="check">Check the installation</a></p>`,
    expected: [
      [
        'Nothing',
        'until a page without this policy sends the kept events; the browser console shows the reason',
      ],
      ['Nothing', 'after the check either, but a note on the page names the missing line'],
    ],
    diagnosis: {
      code: 'csp_blocks_connect',
      title: 'The Content Security Policy of the page blocks what the script sends',
      byCheck: true,
    },
  }),
}
