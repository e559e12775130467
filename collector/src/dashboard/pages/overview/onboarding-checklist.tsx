/** The set-up checklist: what is done, what comes next. */

import { Badge } from '../../components/elements.js'
import { type Context, to } from '../../page.js'

export interface Step {
  label: string
  done: boolean
  path: string
}

/** Done when anything at all has arrived. */
export const firstEvent = 'Install snippet'

export async function onboardingSteps({ services, site }: Context): Promise<Step[]> {
  const connection = site?.connections.find(({ complete }) => complete)
  const newest = site ? (await services.store.events({ site: site.domain, limit: 1 })).events : []
  const delivered = site
    ? (await services.store.events({ site: site.domain, state: 'delivered', limit: 1 })).events
    : []
  return [
    { label: 'Add domain', done: site !== undefined, path: to('/domains') },
    { label: 'Connect TikTok', done: connection !== undefined, path: to('/connections', site) },
    { label: 'Enable vendor', done: connection?.enabled ?? false, path: to('/configuration', site) },
    { label: firstEvent, done: newest.length > 0, path: to('/install', site) },
    { label: 'Send a test event', done: delivered.length > 0, path: to('/test-events', site) },
    { label: 'First real conversion', done: await hasConversion(services, site), path: to('/events', site) },
  ]
}

async function hasConversion(services: Context['services'], site: Context['site']): Promise<boolean> {
  if (!site) return false
  for (const event of ['Purchase', 'Lead', 'CompleteRegistration']) {
    const found = await services.store.events({ site: site.domain, event, state: 'delivered', limit: 1 })
    if (found.events.length > 0) return true
  }
  return false
}

/** Gone once all of it is done. */
export function OnboardingChecklist({ items }: { items: readonly Step[] }) {
  const done = items.filter((item) => item.done).length
  if (done === items.length) return null
  const next = items.find((item) => !item.done)
  return (
    <article data-testid="set-up">
      <h2>Set-up</h2>
      <p>
        <progress value={done} max={items.length} aria-label="Set-up" /> {done} of {items.length}
      </p>
      <ol class="steps">
        {items.map((item) => (
          <li key={item.label}>
            {item.done ? (
              <Badge tone="good">Done</Badge>
            ) : (
              <Badge tone={item === next ? 'waiting' : 'off'}>{item === next ? 'Next' : 'To do'}</Badge>
            )}{' '}
            <a href={item.path} class={item === next ? 'button' : undefined}>
              {item.label}
            </a>
          </li>
        ))}
      </ol>
    </article>
  )
}
