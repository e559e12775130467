/** Events: what arrived and what became of it, newest first, filtered, and live on the first page. */

import { ActionForm, DomainPicker, Empty, NoDomain, ScrollArea } from '../../components/elements.js'
import { EventHeads, EventRow } from '../../components/event-row.js'
import { count } from '../../components/labels.js'
import { parseEventFilter } from '../../../store/event-filter.js'
import { type Context, type Page, to } from '../../page.js'

const perPage = 50
const hourMs = 3_600_000
/** The longest time that a replay from here reaches back. */
const replayHours = [1, 24, 168]

export const events: Page = {
  path: '/events',
  title: 'Events',
  nav: 'Events',
  async view(context) {
    const { site, services, query, now } = context
    if (!site) return <NoDomain />
    const text = query.get('q')?.trim() ?? ''
    const { filter, problem } = parseEventFilter(text)
    const before = Number(query.get('before')) || undefined
    const found = problem
      ? { events: [] }
      : await services.store.events({
          ...filter,
          site: site.domain,
          limit: perPage,
          ...(before && { before }),
        })
    const live = !before && text === ''
    const kept = text === '' ? {} : { q: text }
    return (
      <>
        <DomainPicker context={context} path="/events" />
        <form method="get" action={to('/events')} class="filter">
          <input type="hidden" name="site" value={site.domain} />
          <label for="q">Filter</label>
          <input
            id="q"
            name="q"
            type="search"
            value={text}
            placeholder="event:Purchase status:failed"
            aria-describedby={problem && 'q-problem'}
            spellcheck={false}
          />
          <button type="submit">Show</button>
          <ul class="chips">
            {['status:failed', 'status:pending', 'status:skipped', 'event:Purchase', 'ldu:yes'].map((q) => (
              <li key={q}>
                <a href={to('/events', site, { q })}>{q}</a>
              </li>
            ))}
          </ul>
        </form>
        {problem && (
          <p class="problem" role="alert" id="q-problem">
            {problem}
          </p>
        )}
        {live && (
          <div class="live-bar">
            <span data-live="state" role="status" />
            <button type="button" class="plain" data-live="pause" hidden>
              Pause
            </button>
          </div>
        )}
        {found.events.length === 0 && !problem ? (
          <Nothing context={context} text={text} more={'next' in found} />
        ) : null}
        <ScrollArea label="Events" hidden={found.events.length === 0}>
          <table
            class="events"
            data-live={live ? site.domain : undefined}
            data-after={live ? found.events[0]?.id : undefined}
          >
            <thead>
              <EventHeads />
            </thead>
            <tbody>
              {found.events.map((event) => (
                <EventRow key={event.id} event={event} now={now} />
              ))}
            </tbody>
          </table>
        </ScrollArea>
        <nav class="pager" aria-label="Pages">
          {before && <a href={to('/events', site, kept)}>Newest</a>}
          {'next' in found && found.next !== undefined && (
            <a href={to('/events', site, { ...kept, before: String(found.next) })} rel="next">
              {found.events.length < perPage ? 'Look further back' : 'Older'}
            </a>
          )}
        </nav>
        {filter.state === 'failed' && !problem && <Replay context={context} event={filter.event} />}
      </>
    )
  },
  actions: {
    async replay(form, { services, site, now }) {
      const hours = Number(form.text('hours'))
      if (!site || !replayHours.includes(hours)) return { problems: { '': 'Choose a time.' } }
      const event = form.text('event')
      const since = now - hours * hourMs
      const which = { since, until: now, site: site.domain, ...(event && { event }) }
      const { count: number, mayCountTwice } = await services.store.replay(which, now)
      await services.apply()
      const doubt =
        mayCountTwice > 0
          ? ` ${count(mayCountTwice, 'event')} may count twice: TikTok may have booked them more than 47 h ago.`
          : ''
      return { said: `${count(number, 'event')} will be sent again.${doubt}` }
    },
  },
}

function Nothing({ context, text, more }: { context: Context; text: string; more: boolean }) {
  const { site } = context
  if (text === '') {
    return (
      <Empty title="No events yet">
        <p>Paste the snippet into your site, then load a page. This list updates by itself.</p>
        <p>
          <a class="button" href={to('/install', site)}>
            Copy snippet
          </a>{' '}
          <a class="button second" href={to('/test-events', site)}>
            Send a test event
          </a>
        </p>
      </Empty>
    )
  }
  return (
    <Empty title={more ? `Nothing matches ${text} so far back` : `Nothing matches ${text}`}>
      <p>
        <a href={to('/events', site)}>Clear filter</a>
      </p>
    </Empty>
  )
}

const Replay = ({ context, event }: { context: Context; event: string | undefined }) => (
  <section>
    <h2>Send failed events again</h2>
    <p>
      Each goes out under its own id. One that TikTok may have booked more than 47 hours ago may count twice.
    </p>
    <ActionForm context={context} action="replay" class="panel inline">
      {event && <input type="hidden" name="event" value={event} />}
      <label for="hours">Arrived in the last</label>
      <select id="hours" name="hours">
        <option value="1">hour</option>
        <option value="24">24 hours</option>
        <option value="168">7 days</option>
      </select>
      <button type="submit">Replay {event ?? 'all'}</button>
    </ActionForm>
  </section>
)
