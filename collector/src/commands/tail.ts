/** `tail`: prints events as they arrive, and what becomes of them. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from 'commander'
import { type EventFilter, parseEventFilter } from '../store/event-filter.js'
import type { EventDetail, ListedEvent, Reports } from '../store/reports.js'
import type { CommandDeps } from './command.js'
import { arrivalLine, deliveryResults, isPending, resultLine } from './delivery-results.js'
import { missingStore, withStore } from './store.js'

const pollMs = 500
const pageRows = 200
/** Of more pending events the oldest are no longer followed. */
const maxFollowed = 500

interface Options {
  filter: string
  site?: string
  json?: boolean
}

export function addTail(program: Command, deps: CommandDeps): void {
  program
    .command('tail')
    .description('print events as they arrive, and what becomes of them, until stopped')
    .option('--filter <words>', 'such as "event:Purchase status:failed"', '')
    .option('--site <domain>', 'of one site only')
    .option('--json', 'one line of JSON each')
    .addHelpText('after', '\nExample: tagferry tail --filter "status:failed"')
    .action((options: Options) => runTail(options, deps))
}

async function runTail({ filter: text, site, json = false }: Options, deps: CommandDeps): Promise<void> {
  const config = deps.readConfig()
  const { filter, problem } = parseEventFilter(text)
  if (problem) return deps.failUsage(problem)
  const missing = missingStore(config)
  if (missing) return deps.failUsage(missing)
  const stopped = deps.stopSignal()
  await withStore(config, deps, (store) =>
    follow(store, { ...filter, ...(site && { site }) }, createPrinter(json, deps), stopped),
  )
}

interface Printer {
  arrival: (event: ListedEvent) => void
  results: (detail: EventDetail) => void
}

function createPrinter(json: boolean, { print, clock }: CommandDeps): Printer {
  return {
    arrival: (event) => print(json ? JSON.stringify({ kind: 'arrival', ...event }) : arrivalLine(event)),
    results: (detail) => {
      for (const result of deliveryResults(detail))
        print(json ? JSON.stringify({ kind: 'answer', ...result }) : resultLine(result, clock()))
    },
  }
}

type Filter = EventFilter & { site?: string }

async function follow(
  store: Pick<Reports, 'events' | 'event'>,
  filter: Filter,
  printer: Printer,
  stopped: AbortSignal,
): Promise<void> {
  // State and reason of an event are not final when it arrives: they are compared later, by `matchesOutcome`.
  const { state: _state, reason: _reason, ...query } = filter
  let after = (await store.events({ limit: 1 })).events[0]?.id ?? 0
  /** Ids of pending events, and whether their arrival was printed. */
  const pending = new Map<number, boolean>()

  async function update(event: ListedEvent): Promise<void> {
    const isPrinted = pending.get(event.id) ?? false
    const isMatch = matchesOutcome(event, filter)
    if (isMatch && !isPrinted) printer.arrival(event)
    if (isPending(event)) {
      pending.set(event.id, isPrinted || isMatch)
      return
    }
    pending.delete(event.id)
    const detail = isMatch ? await store.event(event.id) : undefined
    if (detail) printer.results(detail)
  }

  while (!stopped.aborted) {
    const page = await store.events({ ...query, after, limit: pageRows })
    for (const id of [...pending.keys()]) {
      const event = await store.event(id)
      if (event) await update(event)
      else pending.delete(id)
    }
    for (const event of page.events) await update(event)
    for (const id of [...pending.keys()].slice(0, -maxFollowed)) pending.delete(id)
    after = page.next ?? page.events.at(-1)?.id ?? after
    if (page.next === undefined) await sleep(pollMs, undefined, { signal: stopped }).catch(() => {})
  }
}

function matchesOutcome({ deliveries, skipReason }: ListedEvent, { state, reason }: Filter): boolean {
  const states = skipReason ? ['skipped'] : deliveries.map((delivery) => delivery.state)
  const reasons = [skipReason, ...deliveries.map((delivery) => delivery.reason)]
  return (state === undefined || states.includes(state)) && (reason === undefined || reasons.includes(reason))
}
