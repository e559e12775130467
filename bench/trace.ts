// Reads the main-thread time of a script from a browser trace.

interface TraceEvent {
  name: string
  ph: string
  pid: number
  tid: number
  /** Microseconds; `tdur` is processor time, which excludes other programs on the machine. */
  ts: number
  dur?: number
  tdur?: number
  args: { data?: { url?: string } }
}

export interface Cost {
  /** Compiling and running the file of the script. */
  evaluateMs: number
  /** All script on the page, with timers, idle callbacks, responses and events. */
  allMs: number
  /** The longest script time within one task. */
  longestMs: number
}

/** Trace events that run script; they can be nested. */
const scriptNames = new Set(
  'EvaluateScript v8.compile v8.evaluateModule FunctionCall V8.RunMicrotasks TimerFire FireIdleCallback EventDispatch'.split(
    ' ',
  ),
)

const end = (event: TraceEvent) => event.ts + (event.dur ?? 0)
const sum = (events: TraceEvent[]) =>
  events.reduce((total, { dur = 0, tdur = dur }) => total + tdur, 0) / 1_000

/** @param script URL of the script, which identifies the main thread of the page */
export function readTrace(json: Buffer, script: string): Cost {
  const { traceEvents } = JSON.parse(json.toString('utf8')) as { traceEvents: TraceEvent[] }
  const main = traceEvents.find(({ name, args }) => name === 'EvaluateScript' && args.data?.url === script)
  if (!main) throw new Error(`The trace does not contain ${script}.`)
  const events = traceEvents
    .filter(({ ph, pid, tid }) => ph === 'X' && pid === main.pid && tid === main.tid)
    .sort((a, b) => a.ts - b.ts || end(b) - end(a))
  const scripts = outermost(events.filter(({ name }) => scriptNames.has(name)))
  const tasks = events.filter(({ name }) => name.endsWith('RunTask'))
  const within = (task: TraceEvent) => scripts.filter(({ ts }) => ts >= task.ts && ts < end(task))
  return {
    evaluateMs: sum(
      events.filter(({ name, args }) => name === 'EvaluateScript' && args.data?.url === script),
    ),
    allMs: sum(scripts),
    longestMs: Math.max(0, ...tasks.map((task) => sum(within(task)))),
  }
}

/** The events that are not nested in another one; the input is ordered by time. */
function outermost(events: TraceEvent[]): TraceEvent[] {
  let until = 0
  return events.filter((event) => {
    if (event.ts < until) return false
    until = end(event)
    return true
  })
}
