/** Renders charts as SVG on the server, each with its numbers as text. */
import { scaleBand, scaleLinear } from 'd3-scale'
import { stack } from 'd3-shape'
import { ScrollArea } from '../../components/scroll-area.js'
import type { Bar } from './summary.js'

const series = ['delivered', 'failed', 'skipped'] as const
const seriesLabels = { delivered: 'Delivered', failed: 'Failed', skipped: 'Skipped' }

interface Size {
  /** Class by which the style sheet shows it. */
  name: string
  width: number
  height: number
  maxLabels: number
}

/** A narrow window has an SVG of its own: in a scaled-down one the text would be too small to read. */
const sizes: readonly Size[] = [
  { name: 'broad', width: 720, height: 190, maxLabels: 8 },
  { name: 'narrow', width: 330, height: 170, maxLabels: 4 },
]
const margin = { top: 8, right: 8, bottom: 22, left: 40 }
/** Keeps the bars low where there are only a few events. */
const minTop = 4

export interface StackedBarsProps {
  bars: readonly Bar[]
  title: string
}

/** Events over time, stacked by what became of them. */
export function StackedBars({ bars, title }: StackedBarsProps) {
  const totals = series.map((key) => bars.reduce((sum, bar) => sum + bar[key], 0))
  const description = series.map((key, index) => `${seriesLabels[key]} ${totals[index]}`).join(', ')
  return (
    <figure class="chart">
      {sizes.map((size) => (
        <BarChart key={size.name} {...{ bars, title, description, size }} />
      ))}
      <figcaption>
        {series.map((key, index) => (
          <span key={key} class={`key ${key}`}>
            {seriesLabels[key]} {(totals[index] ?? 0).toLocaleString('en-US')}
          </span>
        ))}
        <small>Times in UTC</small>
      </figcaption>
      <details>
        <summary>As a table</summary>
        <BarTable bars={bars} title={title} />
      </details>
    </figure>
  )
}

interface BarChartProps extends StackedBarsProps {
  description: string
  size: Size
}

function BarChart({ bars, title, description, size: { name, width, height, maxLabels } }: BarChartProps) {
  const highest = Math.max(minTop, ...bars.map((bar) => bar.delivered + bar.failed + bar.skipped))
  const x = scaleBand<number>()
    .domain(bars.map((_, index) => index))
    .range([margin.left, width - margin.right])
    .padding(0.2)
  const y = scaleLinear()
    .domain([0, highest])
    .nice(4)
    .range([height - margin.bottom, margin.top])
  const layers = stack<Bar>().keys(series)([...bars])
  const labelStep = Math.ceil(bars.length / maxLabels)
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
          {layer.map(([low, high], index) =>
            high > low ? (
              <rect
                key={bars[index]?.label}
                x={x(index)}
                y={y(high)}
                width={x.bandwidth()}
                height={Math.max(1, y(low) - y(high))}
              />
            ) : null,
          )}
        </g>
      ))}
      {bars.map((bar, index) =>
        index % labelStep === 0 ? (
          <text key={bar.label} x={(x(index) ?? 0) + x.bandwidth() / 2} y={height - 6} text-anchor="middle">
            {bar.label}
          </text>
        ) : null,
      )}
    </svg>
  )
}

const BarTable = ({ bars, title }: StackedBarsProps) => (
  <ScrollArea label={title}>
    <table>
      <thead>
        <tr>
          <th scope="col">Time (UTC)</th>
          {series.map((key) => (
            <th scope="col" class="number" key={key}>
              {seriesLabels[key]}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {bars.map((bar) => (
          <tr key={bar.label}>
            <th scope="row">{bar.label}</th>
            {series.map((key) => (
              <td class="number" key={key}>
                {bar[key]}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </ScrollArea>
)

export interface Share {
  label: string
  count: number
  /** Shown beside the count, such as an amount of money. */
  note?: string
}

export interface SharesProps {
  shares: readonly Share[]
  /** The number that is 100 %. */
  total: number
  title: string
}

/** Shares of a total as bars in a table; the numbers are text. */
export function Shares({ shares, total, title }: SharesProps) {
  const x = scaleLinear()
    .domain([0, Math.max(1, total)])
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
              {total === 0 ? '–' : `${Math.round((100 * count) / total)} %`}{' '}
              <small>{count.toLocaleString('en-US')}</small>
            </td>
            {note !== undefined && <td class="number">{note}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
