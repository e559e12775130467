/** Names the vendors of a site, and what they match persons by. */
import type { SiteConfig } from '../../sites/registry.js'
import type { MatchKey } from '../../store/reports.js'
import type { VendorKind } from '../../vendors/vendor.js'

/** The vendors that are switched on for a site; before there is one, all that can be. */
function vendorsOf(kinds: readonly VendorKind[], site: SiteConfig | undefined): readonly VendorKind[] {
  const isEnabled = ({ name }: VendorKind) =>
    site?.connections.some(({ vendor, enabled }) => vendor === name && enabled)
  const enabled = kinds.filter(isEnabled)
  return enabled.length > 0 ? enabled : kinds
}

/** Such as `TikTok`, or `TikTok and Meta`. */
export const vendorNames = (kinds: readonly VendorKind[], site: SiteConfig | undefined): string =>
  new Intl.ListFormat('en').format(vendorsOf(kinds, site).map(({ label }) => label))

/** Match keys of the site's vendors with their labels, in the order in which pages list them. */
export const matchKeyLabels = (
  kinds: readonly VendorKind[],
  site: SiteConfig | undefined,
): ReadonlyMap<MatchKey, string> =>
  new Map(vendorsOf(kinds, site).flatMap(({ matchKeys }) => Object.entries(matchKeys)))
