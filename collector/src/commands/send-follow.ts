/** What becomes of the event that `send` has sent: looked up in the store until there is an answer. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Outbox } from '../store/outbox.js'
import { answerLine, answersOf, arrivalLine, isOpen } from './answers.js'
import type { CliDeps } from './command.js'
import { printable } from './parts.js'

const pollMs = 100

interface Followed {
  site: string
  eventId: string
  sentAt: number
  /** Unix milliseconds. */
  until: number
  json: boolean
}

export async function follow(
  store: Outbox,
  { site, eventId, sentAt, until, json }: Followed,
  { deps: { clock }, say, refuse }: CliDeps,
): Promise<void> {
  const [event] = (await store.events({ eventId, limit: 1 })).events
  if (!event) return say(`Accepted. What TikTok answers is not shown: another store has the event.`)
  if (!json) say(arrivalLine(event))
  for (;;) {
    const detail = await store.event(event.id)
    if (!detail) return say('The event has left the store.')
    const refused = (await store.pauses()).find(
      (pause) => pause.site === event.site && pause.pausedAt >= sentAt,
    )
    if (isOpen(detail) && !refused && clock() < until) {
      await sleep(pollMs)
      continue
    }
    const answers = answersOf(detail)
    for (const told of answers) say(json ? JSON.stringify(told) : answerLine(told, clock()))
    if (refused)
      return refuse(printable(`${site} waits for another Access Token: TikTok said "${refused.reason}".`))
    if (answers.some(({ state }) => state === 'failed' || state === 'skipped')) process.exitCode = 1
    return
  }
}
