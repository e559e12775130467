/** Checks of the script on the pages: by what arrives, and by what the script reports when it is asked. */

import { dayMs } from '../time.js'
import type { Checks } from './issue.js'

export const installChecks: Checks = {
  snippet_missing: ({ events, report }) => (events.length === 0 && !report ? {} : undefined),
  snippet_in_body: ({ report }) => (report?.tag_in === 'body' ? { since: report.at } : undefined),
  snippet_twice: ({ report }) =>
    report && (report.copies ?? 1) > 1
      ? { detail: `${report.copies} copies on ${report.origin}`, since: report.at }
      : undefined,
  site_key_mismatch({ rejectedSamples, site, report, now }) {
    if (report?.site !== undefined && !namesOf(site).includes(report.site))
      return { detail: `the tag on ${report.origin} says ${report.site}`, since: report.at }
    const [refused] = rejectedSamples.filter(
      (knock) =>
        knock.reason === 'origin_not_allowed' && namesOf(site).includes(knock.site) && knock.at > now - dayMs,
    )
    return refused && { detail: `last with the event ${refused.event}` }
  },
  csp_blocks_script: ({ report }) => violation(report, 'script-src'),
  csp_blocks_connect: ({ report }) => violation(report, 'connect-src'),
  cache_stale: ({ report, version }) =>
    report?.version !== undefined && report.version !== version
      ? { detail: `${report.version}, this is ${version}`, since: report.at }
      : undefined,
  http_site_no_subtle_crypto({ samples, report }) {
    const addresses = [report?.origin, ...samples.map(({ page }) => page?.url)]
    const plain = addresses.find((address) => address !== undefined && isPlain(address))
    return plain === undefined ? undefined : { detail: new URL(plain).origin }
  },
}

const namesOf = ({ domain, aliases }: { domain: string; aliases: readonly string[] }) => [domain, ...aliases]

type Report = Parameters<NonNullable<Checks['csp_blocks_script']>>[0]['report']

function violation(report: Report, directive: string) {
  if (!report?.violations?.includes(directive)) return undefined
  return { detail: `${report.violations} on ${report.origin}`, since: report.at }
}

/** Browsers take loopback for as safe as https. */
export function isPlain(address: string): boolean {
  if (!URL.canParse(address)) return false
  const { protocol, hostname } = new URL(address)
  return protocol === 'http:' && !/(^|\.)localhost$|^127\.|^\[::1\]$/.test(hostname)
}
