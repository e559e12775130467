/** Diagnoses of consent and Limited Data Use. */
import { sumHours } from '../counts.js'
import type { Rule } from '../rule.js'
import { plural } from '../wording.js'

/** With fewer events the pattern may be chance. */
const minEvents = { consent: 10, lduOnEverything: 20, lduNever: 200 }

export const privacy = [
  {
    code: 'consent_never_granted',
    severity: 'warning',
    title: 'No visitor has agreed yet',
    why: 'All events of browsers are Skipped (consent). Usually the consent banner does not tell the script.',
    fix: "Agree in the banner and look again. If events stay Skipped, let the banner call tagferry.consent('grant').",
    path: '/configuration/privacy',
    docs: 'docs/consent.md',
    checkSite({ events }) {
      const browser = events.filter(({ source }) => source === 'browser')
      const withoutConsent = browser.filter(({ skipReason }) => skipReason === 'consent').length
      const isAll = withoutConsent >= minEvents.consent && withoutConsent === browser.length
      return isAll ? { detail: plural(withoutConsent, 'event') } : undefined
    },
  },
  {
    code: 'gpc_on',
    severity: 'info',
    title: 'Your own browser sends Global Privacy Control',
    why: 'Your visits go out with Limited Data Use; {vendor} may not match them. Nothing is wrong.',
    fix: 'Test with a browser that does not send it.',
    docs: 'docs/privacy.md',
    checkSite: ({ report }) => (report?.gpc ? { since: report.at } : undefined),
  },
  {
    code: 'ldu_on_everything',
    severity: 'warning',
    title: 'Every event goes out with Limited Data Use',
    why: '{vendor} uses such events in a limited way. Mostly the place of visitors is not known because a proxy hides their addresses.',
    fix: 'Look at the reason beside an event. If it is unknown, set TAGFERRY_TRUST_PROXY so that visitors have addresses of their own.',
    path: '/configuration/privacy',
    docs: 'docs/privacy.md',
    checkSite({ hours, lduScope, events }) {
      const { accepted, ldu } = sumHours(hours)
      if (lduScope === 'all' || accepted < minEvents.lduOnEverything || ldu < accepted) return undefined
      const reason = events.find(({ limitedDataUse }) => limitedDataUse)?.privacyReason
      return { detail: `${plural(accepted, 'event')}${reason ? `, the newest for ${reason}` : ''}` }
    },
  },
  {
    code: 'ldu_never',
    severity: 'info',
    title: 'No event goes out with Limited Data Use',
    why: 'Among so many visitors some are usually from California, or send Global Privacy Control.',
    fix: 'Check that TAGFERRY_LDU_SCOPE is as your lawyers want it, and that your proxy passes Sec-GPC on.',
    path: '/configuration/privacy',
    docs: 'docs/privacy.md',
    checkSite({ hours }) {
      const { accepted, ldu } = sumHours(hours)
      return accepted >= minEvents.lduNever && ldu === 0 ? { detail: plural(accepted, 'event') } : undefined
    },
  },
] as const satisfies readonly Rule[]
