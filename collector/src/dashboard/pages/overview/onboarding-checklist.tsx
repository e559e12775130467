/** Renders the steps from a new domain to its first conversion, until all of them are done. */
import type { SiteConfig } from '../../../sites/registry.js'
import type { Reports } from '../../../store/reports.js'
import type { VendorKind } from '../../../vendors/vendor.js'
import { Badge } from '../../components/badge.js'
import { vendorNames } from '../../components/vendor-labels.js'
import { to } from '../../page.js'
import { hasEvents } from '../has-events.js'

export interface OnboardingStep {
  label: string
  done: boolean
  /** Address of the page where it is done. */
  url: string
}

export interface Onboarding {
  steps: readonly OnboardingStep[]
  /** At least one event has arrived. */
  hasEvent: boolean
}

const conversions = ['Purchase', 'Lead', 'CompleteRegistration']

export async function loadOnboarding(
  store: Pick<Reports, 'events'>,
  site: SiteConfig | undefined,
  kinds: readonly VendorKind[],
): Promise<Onboarding> {
  const connection = site?.connections.find(({ complete }) => complete)
  const hasEvent = site !== undefined && (await hasEvents(store, { site: site.domain }))
  const hasDelivered = hasEvent && (await hasEvents(store, { site: site.domain, state: 'delivered' }))
  const hasConversion = hasDelivered && (await hasDeliveredConversion(store, site))
  const steps = [
    { label: 'Add domain', done: site !== undefined, url: to('/domains') },
    {
      label: `Connect ${vendorNames(kinds, site)}`,
      done: connection !== undefined,
      url: to('/connections', site),
    },
    { label: 'Enable vendor', done: connection?.enabled ?? false, url: to('/configuration', site) },
    { label: 'Install snippet', done: hasEvent, url: to('/install', site) },
    { label: 'Send a test event', done: hasDelivered, url: to('/test-events', site) },
    { label: 'First real conversion', done: hasConversion, url: to('/events', site) },
  ]
  return { steps, hasEvent }
}

async function hasDeliveredConversion(
  store: Pick<Reports, 'events'>,
  { domain }: SiteConfig,
): Promise<boolean> {
  for (const event of conversions)
    if (await hasEvents(store, { site: domain, event, state: 'delivered' })) return true
  return false
}

export function OnboardingChecklist({ steps }: { steps: readonly OnboardingStep[] }) {
  const done = steps.filter((step) => step.done).length
  if (done === steps.length) return null
  const next = steps.find((step) => !step.done)
  return (
    <article data-testid="set-up">
      <h2>Set-up</h2>
      <p>
        <progress value={done} max={steps.length} aria-label="Set-up" /> {done} of {steps.length}
      </p>
      <ol class="steps">
        {steps.map((step) => (
          <li key={step.label}>
            {step.done ? (
              <Badge tone="good">Done</Badge>
            ) : (
              <Badge tone={step === next ? 'waiting' : 'off'}>{step === next ? 'Next' : 'To do'}</Badge>
            )}{' '}
            <a href={step.url} class={step === next ? 'button' : undefined}>
              {step.label}
            </a>
          </li>
        ))}
      </ol>
    </article>
  )
}
