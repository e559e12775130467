// Knows how to read from a browser's trace what a script has cost the main thread.

interface TraceEvent {
  name: string
  ph: string
  pid: number
  tid: number
  /** Microseconds; `tdur` is processor time, in which other programs on the machine do not count. */
  ts: number
  dur?: number
  tdur?: number
  args: { data?: { url?: string } }
}

export interface Cost {
  /** Of the script's file alone: compiled and run. */
  evaluateMs: number
  /** All script on the page, also what timers, idle callbacks, answers and events ran. */
  allMs: number
  /** The most script that ran in one task. */
  longestMs: number
}

/** Where script runs; they may lie within each other. */
const scriptNames = new Set(
  'EvaluateScript v8.compile v8.evaluateModule FunctionCall V8.RunMicrotasks TimerFire FireIdleCallback EventDispatch'.split(
    ' ',
  ),
)

const end = (event: TraceEvent) => event.ts + (event.dur ?? 0)
const sum = (events: TraceEvent[]) =>
  events.reduce((total, { dur = 0, tdur = dur }) => total + tdur, 0) / 1_000

/** @param script address of the script, which tells the page's main thread from others */
export function readTrace(json: Buffer, script: string): Cost {
  const { traceEvents } = JSON.parse(json.toString('utf8')) as { traceEvents: TraceEvent[] }
  const main = traceEvents.find(({ name, args }) => name === 'EvaluateScript' && args.data?.url === script)
  if (!main) throw new Error(`The trace knows nothing of ${script}.`)
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

/** Of events in the order of time, those that lie in no other. */
function outermost(events: TraceEvent[]): TraceEvent[] {
  let until = 0
  return events.filter((event) => {
    if (event.ts < until) return false
    until = end(event)
    return true
  })
}
