/** Pictures as SVG made on the server, each with its words and a real table beside it. */
import { scaleBand, scaleLinear } from 'd3-scale'
import { stack } from 'd3-shape'
import { ScrollArea } from '../../components/elements.js'

export interface Bar {
  /** Such as `14:00` or `Nov 3`. */
  label: string
  delivered: number
  failed: number
  skipped: number
}

const kinds = ['delivered', 'failed', 'skipped'] as const
const words = { delivered: 'Delivered', failed: 'Failed', skipped: 'Skipped' }

/** A narrow window has a drawing of its own: shrunk with the picture, words could not be read. */
const drawings = [
  { name: 'broad', width: 720, height: 190, labels: 8 },
  { name: 'narrow', width: 330, height: 170, labels: 4 },
]
const margin = { top: 8, right: 8, bottom: 22, left: 40 }

interface DrawingProps {
  bars: readonly Bar[]
  title: string
  description: string
  drawing: (typeof drawings)[number]
}

function Drawing({ bars, title, description, drawing: { name, width, height, labels } }: DrawingProps) {
  const most = Math.max(4, ...bars.map((bar) => bar.delivered + bar.failed + bar.skipped))
  const x = scaleBand<number>()
    .domain(bars.map((_, at) => at))
    .range([margin.left, width - margin.right])
    .padding(0.2)
  const y = scaleLinear()
    .domain([0, most])
    .nice(4)
    .range([height - margin.bottom, margin.top])
  const layers = stack<Bar>().keys(kinds)([...bars])
  const every = Math.ceil(bars.length / labels)
  return (
    <svg class={name} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`${title}: ${description}`}>
      <title>{title}</title>
      <desc>{description}</desc>
      {y.ticks(4).map((tick) => (
        <g key={tick}>
          <line class="grid" x1={margin.left} x2={width - margin.right} y1={y(tick)} y2={y(tick)} />
          <text x={margin.left - 6} y={y(tick) + 4} text-anchor="end">
            {tick.toLocaleString('en-US')}
          </text>
        </g>
      ))}
      {layers.map((layer) => (
        <g key={layer.key} class={`bar ${layer.key}`}>
          {layer.map(([low, high], at) =>
            high > low ? (
              <rect
                key={bars[at]?.label}
                x={x(at)}
                y={y(high)}
                width={x.bandwidth()}
                height={Math.max(1, y(low) - y(high))}
              />
            ) : null,
          )}
        </g>
      ))}
      {bars.map((bar, at) =>
        at % every === 0 ? (
          <text key={bar.label} x={(x(at) ?? 0) + x.bandwidth() / 2} y={height - 6} text-anchor="middle">
            {bar.label}
          </text>
        ) : null,
      )}
    </svg>
  )
}

/** Events by their time, stacked by what became of them. */
export function StackedBars({ bars, title }: { bars: readonly Bar[]; title: string }) {
  const sums = kinds.map((kind) => bars.reduce((sum, bar) => sum + bar[kind], 0))
  const description = kinds.map((kind, at) => `${words[kind]} ${sums[at]}`).join(', ')
  return (
    <figure class="chart">
      {drawings.map((drawing) => (
        <Drawing key={drawing.name} {...{ bars, title, description, drawing }} />
      ))}
      <figcaption>
        {kinds.map((kind, at) => (
          <span key={kind} class={`key ${kind}`}>
            {words[kind]} {(sums[at] ?? 0).toLocaleString('en-US')}
          </span>
        ))}
        <small>Times in UTC</small>
      </figcaption>
      <details>
        <summary>As a table</summary>
        <ScrollArea label={title}>
          <table>
            <thead>
              <tr>
                <th scope="col">Time (UTC)</th>
                {kinds.map((kind) => (
                  <th scope="col" class="number" key={kind}>
                    {words[kind]}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {bars.map((bar) => (
                <tr key={bar.label}>
                  <th scope="row">{bar.label}</th>
                  {kinds.map((kind) => (
                    <td class="number" key={kind}>
                      {bar[kind]}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollArea>
      </details>
    </figure>
  )
}

export interface Share {
  label: string
  count: number
  /** Beside the count, such as money. */
  note?: string
}

/** Parts of a whole, or steps of a way, as bars in a table: the numbers are the text. */
export function Shares({ shares, of, title }: { shares: readonly Share[]; of: number; title: string }) {
  const x = scaleLinear()
    .domain([0, Math.max(1, of)])
    .range([0, 100])
    .clamp(true)
  return (
    <table class="shares">
      <caption>{title}</caption>
      <tbody>
        {shares.map(({ label, count, note }) => (
          <tr key={label}>
            <th scope="row">{label}</th>
            <td class="share">
              <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
                <rect class="track" width="100" height="10" rx="2" />
                <rect class="part" width={x(count)} height="10" rx="2" />
              </svg>
            </td>
            <td class="number">
              {of === 0 ? '–' : `${Math.round((100 * count) / of)} %`}{' '}
              <small>{count.toLocaleString('en-US')}</small>
            </td>
            {note !== undefined && <td class="number">{note}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
