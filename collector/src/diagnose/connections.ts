/** Checks each connection of a site. */
import type { ConnectionConfig } from '../sites/registry.js'
import type { SiteFacts } from './facts.js'
import type { Check, Finding } from './rule.js'

type CheckConnection = (connection: ConnectionConfig, facts: SiteFacts) => Finding | undefined

/** Makes a site check from a check of one connection. The first finding counts. */
export function eachConnection(check: CheckConnection): Check<SiteFacts> {
  return (facts) => {
    for (const connection of facts.site.connections) {
      const finding = check(connection, facts)
      if (finding) return { ...finding, vendor: labelOf(connection, facts) }
    }
    return undefined
  }
}

const labelOf = ({ vendor }: ConnectionConfig, { kinds }: SiteFacts) =>
  kinds.find(({ name }) => name === vendor)?.label ?? vendor

/** The pause of the connection's current credentials; a pause of older credentials no longer counts. */
export const pauseOf = ({ vendor, fingerprint }: ConnectionConfig, { pauses }: SiteFacts) =>
  pauses.find((pause) => pause.vendor === vendor && pause.fingerprint === fingerprint)

export const queueOf = ({ vendor }: ConnectionConfig, { queues }: SiteFacts) =>
  queues.find((queue) => queue.vendor === vendor)
