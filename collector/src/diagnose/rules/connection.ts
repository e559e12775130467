/** Diagnoses of a site's connections: whether their credentials are complete, accepted and switched on. */
import { eachConnection, pauseOf, queueOf } from '../connections.js'
import type { Rule } from '../rule.js'
import { plural } from '../wording.js'

const docs = 'docs/troubleshooting.md'

export const connection = [
  {
    code: 'pixel_code_suspicious',
    severity: 'warning',
    title: 'The Pixel Code does not look like one',
    why: 'With another code {vendor} refuses events, or books them elsewhere.',
    fix: 'Copy it again from {vendor} Events Manager: it starts with C or D and has 20 characters.',
    path: '/connections',
    docs,
    checkSite: eachConnection(({ vendor, fields }, { kinds }) => {
      const doubts = kinds.find(({ name }) => name === vendor)?.warnings(fields) ?? {}
      const [field] = Object.keys(doubts)
      return field === undefined ? undefined : { detail: fields[field] ?? '' }
    }),
  },
  {
    code: 'token_rejected',
    severity: 'error',
    title: '{vendor} refused the Access Token',
    why: 'Nothing is sent until it is replaced. What arrives is kept and sent then.',
    fix: 'Generate a new Access Token in {vendor} Events Manager, paste it under Connections, Save.',
    path: '/connections',
    docs,
    checkSite: eachConnection((connection, facts) => {
      const pause = pauseOf(connection, facts)
      if (!pause || !connection.complete) return undefined
      const { pending = 0 } = queueOf(connection, facts) ?? {}
      const waiting = pending > 0 ? `; ${plural(pending, 'event')} waiting` : ''
      return { detail: `'${pause.reason}'${waiting}`, since: pause.pausedAt }
    }),
  },
  {
    code: 'token_missing',
    severity: 'error',
    title: 'There is no Access Token or Pixel Code',
    why: 'Events are Skipped (no_connection): they are not sent later either.',
    fix: 'Enter both under Connections.',
    path: '/connections',
    docs,
    checkSite: ({ site }) => (site.connections.some(({ complete }) => complete) ? undefined : {}),
  },
  {
    code: 'vendor_disabled',
    severity: 'warning',
    title: '{vendor} is not enabled',
    why: 'Events are Skipped (vendor_disabled), and what waits is held.',
    fix: 'Switch on Enable {vendor} under Configuration > Vendors.',
    path: '/configuration',
    docs,
    checkSite: ({ site: { connections } }) =>
      connections.some(({ complete }) => complete) && connections.every(({ enabled }) => !enabled)
        ? {}
        : undefined,
  },
  {
    code: 'domain_paused',
    severity: 'warning',
    title: 'The domain is paused',
    why: 'Events are Skipped (site_paused), and what waits is held.',
    fix: 'Resume it under Domains.',
    path: '/domains',
    docs,
    checkSite: ({ site }) => (site.paused ? {} : undefined),
  },
  {
    code: 'test_code_left_on',
    severity: 'warning',
    title: 'A Test Event Code is set',
    why: '{vendor} shows events under Test Events and books none of them.',
    fix: 'Take the Test Event Code out under Connections when you have seen enough.',
    path: '/connections',
    docs,
    checkSite: eachConnection(({ fields: { testEventCode }, savedAt }) =>
      testEventCode === undefined ? undefined : { detail: testEventCode, ...(savedAt && { since: savedAt }) },
    ),
  },
] as const satisfies readonly Rule[]
