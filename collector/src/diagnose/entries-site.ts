/** Diagnoses of privacy, identity and the connection: what visitors allow, what they are known by, who may send. */
import type { Entry } from './entry.js'

const docs = 'docs/troubleshooting.md'

export const privacy = {
  consent_never_granted: {
    severity: 'warning',
    title: 'No visitor has agreed yet',
    why: 'All events of browsers are Skipped (consent). Usually the consent banner does not tell the script.',
    fix: "Agree in the banner and look again. If events stay Skipped, let the banner call tagferry.consent('grant').",
    path: '/configuration/privacy',
    docs: 'docs/consent.md',
  },
  gpc_on: {
    severity: 'info',
    title: 'Your own browser sends Global Privacy Control',
    why: 'Your visits go out with Limited Data Use; TikTok may not match them. Nothing is wrong.',
    fix: 'Test with a browser that does not send it.',
    docs: 'docs/privacy.md',
  },
  ldu_on_everything: {
    severity: 'warning',
    title: 'Every event goes out with Limited Data Use',
    why: 'TikTok uses such events in a limited way. Mostly the place of visitors is not known because a proxy hides their addresses.',
    fix: 'Look at the reason beside an event. If it is unknown, set TAGFERRY_TRUST_PROXY so that visitors have addresses of their own.',
    path: '/configuration/privacy',
    docs: 'docs/privacy.md',
  },
  ldu_never: {
    severity: 'info',
    title: 'No event goes out with Limited Data Use',
    why: 'Among so many visitors some are usually from California, or send Global Privacy Control.',
    fix: 'Check that TAGFERRY_LDU_SCOPE is as your lawyers want it, and that your proxy passes Sec-GPC on.',
    path: '/configuration/privacy',
    docs: 'docs/privacy.md',
  },
} satisfies Record<string, Entry>

export const identity = {
  cookie_not_kept: {
    severity: 'warning',
    title: 'The browser does not keep our cookie',
    why: 'The click id is lost with the page: an order on a later page is not matched to the ad.',
    fix: 'Serve the collector under the domain of the shop, best under a path, and allow the cookie in your consent tool.',
    path: '/install',
    docs: 'docs/privacy.md',
  },
  cookie_domain_wrong: {
    severity: 'warning',
    title: 'The cookie is not shared between sub-domains',
    why: 'A visitor who lands on www and pays on checkout is two visitors.',
    fix: 'Set data-site to the domain that all of them share.',
    path: '/install',
    docs,
  },
  ttclid_lost_on_redirect: {
    severity: 'warning',
    title: 'The click id does not reach the page',
    why: 'A redirect drops the query of the landing address, and with it the ttclid: orders are not matched to the ad.',
    fix: 'Let the redirect keep the query, or let the ad lead to the final address.',
    docs,
  },
  private_ip_seen: {
    severity: 'error',
    title: 'Visitors are seen with a private address',
    why: 'TikTok would get the address of your proxy for every visitor, and their state is not known.',
    fix: 'Set TAGFERRY_TRUST_PROXY to the address of the proxy in front, such as loopback or 172.16.0.0/12, and start tagferry again.',
    docs: 'docs/operations.md',
  },
  low_match_coverage: {
    severity: 'warning',
    title: 'TikTok gets little to match customers by',
    why: 'An event that matches nobody counts for no ad.',
    fix: "Send the field named here with the event: tagferry.identify({ email, phone }), or user in a server's event.",
    path: '/install',
    docs: 'docs/events.md',
  },
} satisfies Record<string, Entry>

export const connection = {
  pixel_code_suspicious: {
    severity: 'warning',
    title: 'The Pixel Code does not look like one',
    why: 'With another code TikTok refuses events, or books them elsewhere.',
    fix: 'Copy it again from TikTok Events Manager: it starts with C or D and has 20 characters.',
    path: '/connections',
    docs,
  },
  token_rejected: {
    severity: 'error',
    title: 'TikTok refused the Access Token',
    why: 'Nothing is sent until it is replaced. What arrives is kept and sent then.',
    fix: 'Generate a new Access Token in TikTok Events Manager, paste it under Connections, Save.',
    path: '/connections',
    docs,
  },
  token_missing: {
    severity: 'error',
    title: 'There is no Access Token or Pixel Code',
    why: 'Events are Skipped (no_connection): they are not sent later either.',
    fix: 'Enter both under Connections.',
    path: '/connections',
    docs,
  },
  vendor_disabled: {
    severity: 'warning',
    title: 'TikTok is not enabled',
    why: 'Events are Skipped (vendor_disabled), and what waits is held.',
    fix: 'Switch on Enable TikTok under Configuration > Vendors.',
    path: '/configuration',
    docs,
  },
  domain_paused: {
    severity: 'warning',
    title: 'The domain is paused',
    why: 'Events are Skipped (site_paused), and what waits is held.',
    fix: 'Resume it under Domains.',
    path: '/domains',
    docs,
  },
  test_code_left_on: {
    severity: 'warning',
    title: 'A Test Event Code is set',
    why: 'TikTok shows events under Test Events and books none of them.',
    fix: 'Take the Test Event Code out under Connections when you have seen enough.',
    path: '/connections',
    docs,
  },
} satisfies Record<string, Entry>
