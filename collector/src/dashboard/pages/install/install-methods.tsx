/** Renders the instructions of each way to install. */
import type { ComponentChildren } from 'preact'
import type { SiteConfig } from '../../../sites/registry.js'
import { Copyable } from '../../components/copyable.js'
import { to } from '../../page.js'
import { serverSamples } from './code-samples.js'
import type { InstallSnippet } from './install-snippet.js'

export interface InstructionsProps {
  site: SiteConfig
  /** Of this collector. */
  origin: string
  snippet: InstallSnippet
}

export interface InstallMethod {
  label: string
  Instructions: (props: InstructionsProps) => ComponentChildren
}

const Script = ({ site, origin, snippet }: InstructionsProps) => (
  <section class="wide">
    <p>
      Paste this before <code>&lt;/head&gt;</code> of each page:
    </p>
    <Copyable text={snippet.standard} label="Copy snippet" />
    <p>
      Best is the collector on the shop's own host under a path, such as https://{site.domain}/t/: Safari
      keeps the click id longest then. Change the address in the snippet to where your proxy has it.
    </p>
    <details>
      <summary>Pinned to this version, with its hash (SRI)</summary>
      <p>Browsers refuse a copy that was changed. It has to be pasted anew after an update of tagferry.</p>
      <Copyable text={snippet.pinned} label="Copy pinned snippet" />
    </details>
    <details>
      <summary>Pages with a Content-Security-Policy</summary>
      <p>
        Add to the directives that you have (with a nonce, put it on both script tags instead of the first
        line):
      </p>
      <Copyable text={`script-src ${origin};\nconnect-src ${origin};`} label="Copy CSP lines" />
    </details>
  </section>
)

function Npm({ site, origin }: InstructionsProps) {
  const code = `import { start, track } from 'tagferry/browser'

start({ site: '${site.domain}', endpoint: '${origin}/e' })
track('Purchase', { value: 49.9, currency: 'USD', order_id: '1001' })`
  return (
    <section class="wide">
      <p>For apps that are bundled (React, Next, Vue and the rest need nothing else):</p>
      <Copyable text={code} label="Copy code" />
    </section>
  )
}

const TagManager = ({ snippet }: InstructionsProps) => (
  <section class="wide">
    <ol>
      <li>Tags &gt; New &gt; Custom HTML. Paste the line below, and choose the trigger All Pages.</li>
      <li>
        Keep your GA4 e-commerce events: <code>t.js</code> reads purchase, begin_checkout, add_to_cart and
        their like from the dataLayer.
      </li>
      <li>
        Consent settings of the tag: no additional consent needed; the script reads Google consent mode
        itself.
      </li>
    </ol>
    <Copyable text={snippet.tagOnly.replace('<script ', '<script data-datalayer="on" ')} label="Copy tag" />
  </section>
)

const WordPress = ({ snippet }: InstructionsProps) => (
  <section class="wide">
    <ol>
      <li>Install a plugin that adds code to the head, such as WPCode or Insert Headers and Footers.</li>
      <li>Paste this into the header box, and clear the cache of your cache plugin.</li>
      <li>A banner that supports the WP Consent API is read automatically.</li>
      <li>
        For WooCommerce orders paid later, send Purchase from the server with the same order number (tab
        Server).
      </li>
    </ol>
    <Copyable text={snippet.standard} label="Copy snippet" />
  </section>
)

function Shopify({ site, origin }: InstructionsProps) {
  const code = `analytics.subscribe('checkout_completed', ({ data: { checkout } }) =>
  fetch('${origin}/e', { method: 'POST', keepalive: true, body: JSON.stringify({
    site: '${site.domain}', site_key: '${site.siteKey}',
    events: [{ event: 'Purchase', event_id: 'Purchase.' + checkout.order.id,
      user: { email: checkout.email ?? undefined, phone: checkout.phone ?? undefined },
      properties: { value: checkout.totalPrice.amount, currency: checkout.currencyCode, order_id: checkout.order.id } }] }) }))`
  return (
    <section class="wide">
      <ol>
        <li>
          Theme: Online Store &gt; Themes &gt; Edit code &gt; theme.liquid: paste the snippet of the tab
          Script.
        </li>
        <li>
          Checkout: Settings &gt; Customer events &gt; Add custom pixel. Paste this, <strong>Save</strong>,
          then <strong>Connect</strong>. Such pixels run in a frame of their own: the public key tells whose
          they are.
        </li>
      </ol>
      <Copyable text={code} label="Copy pixel" />
    </section>
  )
}

const Server = ({ site, origin }: InstructionsProps) => (
  <section class="wide">
    <p>
      Make a key under <a href={to('/configuration/keys', site)}>Inbound Integration Keys</a>. With the event
      id that the page uses too, both count once. Address and user agent are the customer's, never the
      server's.
    </p>
    {serverSamples(origin, site.domain).map(({ title, code }) => (
      <div key={title}>
        <h2>{title}</h2>
        <Copyable text={code} label={`Copy ${title}`} />
      </div>
    ))}
  </section>
)

/** By the value of `?tab=`. */
export const installMethods: Readonly<Record<string, InstallMethod>> = {
  script: { label: 'Script', Instructions: Script },
  npm: { label: 'npm', Instructions: Npm },
  gtm: { label: 'GTM', Instructions: TagManager },
  wordpress: { label: 'WordPress', Instructions: WordPress },
  shopify: { label: 'Shopify', Instructions: Shopify },
  server: { label: 'Server', Instructions: Server },
}
