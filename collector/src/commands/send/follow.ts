/** Follows the sent event in the store until the vendor has answered. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Outbox } from '../../store/outbox.js'
import type { CommandDeps } from '../command.js'
import { arrivalLine, deliveryResults, isPending, resultLine } from '../delivery-results.js'
import { printable } from '../output.js'

const pollMs = 100

interface FollowOptions {
  site: string
  eventId: string
  /** Unix milliseconds. */
  sentAt: number
  /** When to give up, Unix milliseconds. */
  until: number
  json: boolean
}

/** Prints the arrival and the results; sets exit code 1 if the event was refused or skipped. */
export async function follow(
  store: Pick<Outbox, 'events' | 'event' | 'pauses'>,
  { site, eventId, sentAt, until, json }: FollowOptions,
  { clock, print, fail }: CommandDeps,
): Promise<void> {
  const [event] = (await store.events({ eventId, limit: 1 })).events
  if (!event) return print('Accepted. What TikTok answers is not shown: another store has the event.')
  if (!json) print(arrivalLine(event))
  for (;;) {
    const detail = await store.event(event.id)
    if (!detail) return print('The event has left the store.')
    const pauses = await store.pauses()
    const pause = pauses.find((entry) => entry.site === event.site && entry.pausedAt >= sentAt)
    if (isPending(detail) && !pause && clock() < until) {
      await sleep(pollMs)
      continue
    }
    const results = deliveryResults(detail)
    for (const result of results) print(json ? JSON.stringify(result) : resultLine(result, clock()))
    if (pause) fail(printable(`${site} waits for another Access Token: TikTok said "${pause.reason}".`))
    else if (results.some(({ state }) => state === 'failed' || state === 'skipped')) fail()
    return
  }
}
