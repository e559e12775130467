/** `tail`: each event as it arrives, and what becomes of it. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from 'commander'
import { type EventFilter, parseEventFilter } from '../store/event-filter.js'
import type { Outbox } from '../store/outbox.js'
import type { EventDetail, ListedEvent } from '../store/reports.js'
import { answerLine, answersOf, arrivalLine, isOpen } from './answers.js'
import type { CliDeps } from './command.js'
import { missingStore, withStore } from './parts.js'

const pollMs = 500
const rowsAtOnce = 200
/** Older ones that still wait are no longer looked at. */
const mostFollowed = 500

interface Options {
  filter: string
  site?: string
  json?: boolean
}

export function addTail(program: Command, given: CliDeps): void {
  const { config, deps, stopped, say, fail } = given
  program
    .command('tail')
    .description('print events as they arrive, and what becomes of them, until stopped')
    .option('--filter <words>', 'such as "event:Purchase status:failed"', '')
    .option('--site <domain>', 'of one site only')
    .option('--json', 'one line of JSON each')
    .addHelpText('after', '\nExample: tagferry tail --filter "status:failed"')
    .action(async ({ filter: words, site, json = false }: Options) => {
      const settings = config()
      if (!settings) return
      const { filter, problem } = parseEventFilter(words)
      if (problem) return fail(problem)
      const missing = missingStore(settings)
      if (missing) return fail(missing)
      const print = {
        arrival: (event: ListedEvent) =>
          say(json ? JSON.stringify({ kind: 'arrival', ...event }) : arrivalLine(event)),
        answers: (detail: EventDetail) => {
          for (const told of answersOf(detail))
            say(json ? JSON.stringify({ kind: 'answer', ...told }) : answerLine(told, deps.clock()))
        },
      }
      const stop = stopped()
      await withStore(settings, given, (store) =>
        follow(store, { ...filter, ...(site && { site }) }, print, stop),
      )
    })
}

interface Print {
  arrival: (event: ListedEvent) => void
  answers: (detail: EventDetail) => void
}

async function follow(
  store: Outbox,
  filter: EventFilter & { site?: string },
  print: Print,
  stop: AbortSignal,
) {
  // On arrival nobody knows yet what becomes of an event: state and reason are looked at later.
  const { state: _state, reason: _reason, ...asArrived } = filter
  let after = (await store.events({ limit: 1 })).events[0]?.id ?? 0
  /** Events that still wait, and whether their arrival was told. */
  const open = new Map<number, boolean>()

  async function look(event: ListedEvent): Promise<void> {
    const told = open.get(event.id) ?? false
    const wanted = isWanted(event, filter)
    if (wanted && !told) print.arrival(event)
    if (isOpen(event)) {
      open.set(event.id, told || wanted)
      return
    }
    open.delete(event.id)
    const detail = wanted ? await store.event(event.id) : undefined
    if (detail) print.answers(detail)
  }

  while (!stop.aborted) {
    const page = await store.events({ ...asArrived, after, limit: rowsAtOnce })
    for (const id of [...open.keys()]) {
      const event = await store.event(id)
      if (event) await look(event)
      else open.delete(id)
    }
    for (const event of page.events) await look(event)
    for (const id of [...open.keys()].slice(0, -mostFollowed)) open.delete(id)
    after = page.next ?? page.events.at(-1)?.id ?? after
    if (page.next === undefined) await sleep(pollMs, undefined, { signal: stop }).catch(() => {})
  }
}

function isWanted({ deliveries, skipReason }: ListedEvent, { state, reason }: EventFilter): boolean {
  const states = skipReason ? ['skipped'] : deliveries.map((one) => one.state)
  const reasons = [skipReason, ...deliveries.map((one) => one.reason)]
  return (state === undefined || states.includes(state)) && (reason === undefined || reasons.includes(reason))
}
