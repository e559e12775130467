/**
 * Counts refused requests and warnings of accepted events, and writes the counts to the store every second.
 * A count needs no commit of its own: after a crash at most a second of them is missing.
 */
import { clickIds } from '../click-ids.js'
import type { Log } from '../log.js'
import type { Metrics } from '../metrics.js'
import type { CountedProblem, InputProblem, InputProblems } from '../store/input-problems.js'
import { hourMs } from '../time.js'
import { documentedPlaces } from './body-schema.js'
import type { Findings } from './findings.js'

export interface ProblemCountsDeps {
  store: Pick<InputProblems, 'addInputProblems'>
  metrics: Pick<Metrics, 'refused' | 'warned'>
  /** Unix milliseconds. */
  clock: () => number
  log: Pick<Log, 'warn'>
}

const writeMs = 1_000
const keptHours = 30 * 24
/**
 * Different places with keys of the sender's own, of one site in an hour. Anybody can send other keys with each
 * request, so that further ones are counted under one place. Documented places are always counted.
 */
const maxPaths = 100
const otherPlaces = '…'

export interface ProblemCounter extends Findings {
  /** Writes what is counted. */
  stop(): Promise<void>
}

export function createProblemCounts({ store, metrics, clock, log }: ProblemCountsDeps): ProblemCounter {
  let counted = new Map<string, CountedProblem>()
  const known = createKnownPaths()
  const count = (problem: InputProblem) => {
    const lastAt = clock()
    const hour = Math.floor(lastAt / hourMs)
    const path = known.has(problem, hour) ? problem.path : otherPlaces
    const key = [problem.site, hour, problem.route, problem.status, problem.rule, path].join('\n')
    const same = counted.get(key)
    if (same) Object.assign(same, { count: same.count + 1, lastAt })
    else counted.set(key, { ...problem, path, hour, count: 1, lastAt })
  }
  let writing: Promise<void> = Promise.resolve()
  const write = () => {
    if (counted.size === 0) return
    const problems = [...counted.values()]
    counted = new Map()
    const removeBefore = Math.floor(clock() / hourMs) - keptHours
    writing = writing
      .then(() => store.addInputProblems(problems, removeBefore))
      .catch((error: unknown) =>
        log.warn({ error: String(error) }, 'counts of refused input could not be stored'),
      )
  }
  const timer = setInterval(write, writeMs)
  return {
    warned(site, route, warnings) {
      for (const { rule, path } of warnings) {
        metrics.warned(rule)
        count({ site, route, status: 202, rule, path: withoutIndexes(path) })
      }
    },
    refused({ site = '', route, status, rule, path }) {
      metrics.refused(route, status)
      count({ site, route, status, rule, path: withoutIndexes(path) })
    },
    async stop() {
      clearInterval(timer)
      write()
      await writing
    },
  }
}

/** `events[0].properties.contents[3].price` as `properties.contents[].price`. */
const withoutIndexes = (path: string) => path.replace(/^events\[\d+\]\.?/, '').replaceAll(/\[\d+\]/g, '[]')

/** Tells whether a path is documented, or one of the first others of its site in this hour. */
function createKnownPaths() {
  const documented = documentedPlaces(clickIds)
  let hourOfPaths = 0
  let pathsBySite = new Map<string, Set<string>>()
  return {
    has({ site, path }: InputProblem, hour: number): boolean {
      if (documented.has(path)) return true
      if (hour !== hourOfPaths) {
        hourOfPaths = hour
        pathsBySite = new Map()
      }
      const paths = pathsBySite.get(site) ?? new Set()
      pathsBySite.set(site, paths)
      if (paths.size < maxPaths) paths.add(path)
      return paths.has(path)
    },
  }
}
