/** Diagnoses of how the owner runs this collector. */

import { isLocalHost } from '../../http/local-host.js'
import type { Rule } from '../rule.js'

export const operation = [
  {
    code: 'dashboard_exposed',
    severity: 'warning',
    title: 'The dashboard can be reached from other machines',
    why: 'It stands on the same listener as the collector, and TAGFERRY_HOST opens that one to others.',
    fix: 'Set TAGFERRY_ADMIN_LISTEN, such as 127.0.0.1:8788: dashboard and metrics get a listener of their own.',
    docs: 'docs/operations.md',
    checkInstance: ({ host, separateAdminListener }) =>
      separateAdminListener || isLocalHost(host) ? undefined : { detail: host },
  },
] as const satisfies readonly Rule[]
