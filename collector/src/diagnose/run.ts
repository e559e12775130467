/** Runs the checks: facts in, open issues out, the gravest first. Pure: an issue closes when its facts are gone. */
import { eventChecks, instanceChecks } from './checks-flow.js'
import { installChecks } from './checks-install.js'
import { connectionChecks, identityChecks, privacyChecks } from './checks-site.js'
import { severities } from './entry.js'
import {
  gatherInstance,
  gatherSite,
  type InstanceFacts,
  type Owner,
  type SiteFacts,
  type Sources,
} from './facts.js'
import type { Checks, Issue } from './issue.js'
import { type Code, diagnosisOf } from './registry.js'

const siteChecks: readonly Checks[] = [
  installChecks,
  privacyChecks,
  identityChecks,
  connectionChecks,
  eventChecks,
]

/** Codes that are computed here; the others come from a look at a page, or from the script itself. */
export const computed: ReadonlySet<string> = new Set([...siteChecks, instanceChecks].flatMap(Object.keys))

export function diagnoseSite(facts: SiteFacts): Issue[] {
  return siteChecks.flatMap((checks) => run(checks, facts, facts.site.domain))
}

export function diagnoseInstance(facts: InstanceFacts): Issue[] {
  return run(instanceChecks, facts)
}

function run<Facts>(checks: Checks<Facts>, facts: Facts, site?: string): Issue[] {
  return Object.entries(checks).flatMap(([code, check]) => {
    const found = check(facts)
    return found ? [{ code: code as Code, ...(site !== undefined && { site }), ...found }] : []
  })
}

/** All that is open of these sites and of tagferry itself. */
export async function diagnose(
  sources: Sources,
  sites: Parameters<typeof gatherSite>[1][],
  owner?: Owner,
): Promise<Issue[]> {
  const facts = await Promise.all(sites.map((site) => gatherSite(sources, site)))
  return bySeverity([
    ...diagnoseInstance(await gatherInstance(sources, owner)),
    ...facts.flatMap(diagnoseSite),
  ])
}

export const bySeverity = (issues: readonly Issue[]): Issue[] =>
  issues.toSorted((one, other) => rank(one) - rank(other))

const rank = ({ code }: Issue) => severities.indexOf(diagnosisOf(code).severity)
