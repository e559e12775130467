/** Finds the connection of a domain to a vendor, and names its record. */
import type { ConnectionConfig, SiteConfig } from '../../sites/registry.js'

export const connectionOf = (site: SiteConfig, { name }: { name: string }): ConnectionConfig | undefined =>
  site.connections.find(({ vendor }) => vendor === name)

export const connectionId = ({ domain }: { domain: string }, { name }: { name: string }) =>
  `${domain} ${name}`
