/** Runs the checks on gathered facts. Issues are computed anew each time: one closes as soon as its facts are gone. */
import type { SiteConfig } from '../sites/registry.js'
import {
  gatherInstance,
  gatherSite,
  type InstanceFacts,
  type Owner,
  type SiteFacts,
  type Sources,
} from './facts.js'
import type { Issue } from './issue.js'
import { diagnosisOf, registry } from './registry.js'
import { severities } from './rule.js'

export function diagnoseSite(facts: SiteFacts): Issue[] {
  return registry.flatMap(({ code, checkSite }) => {
    const finding = checkSite?.(facts)
    return finding ? [{ code, site: facts.site.domain, ...finding }] : []
  })
}

export function diagnoseInstance(facts: InstanceFacts): Issue[] {
  return registry.flatMap(({ code, checkInstance }) => {
    const finding = checkInstance?.(facts)
    return finding ? [{ code, ...finding }] : []
  })
}

/** All open issues of these sites and of this collector, most severe first. */
export async function diagnose(
  sources: Sources,
  sites: readonly SiteConfig[],
  owner?: Owner,
): Promise<Issue[]> {
  const facts = await Promise.all(sites.map((site) => gatherSite(sources, site)))
  return bySeverity([
    ...diagnoseInstance(await gatherInstance(sources, owner)),
    ...facts.flatMap(diagnoseSite),
  ])
}

/** Most severe first; issues of the same severity keep their order. */
export const bySeverity = (issues: readonly Issue[]): Issue[] => issues.toSorted((a, b) => rank(a) - rank(b))

const rank = ({ code }: Issue) => severities.indexOf(diagnosisOf(code).severity)
