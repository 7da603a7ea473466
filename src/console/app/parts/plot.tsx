import { useState } from 'preact/hooks'
import { shortTime } from '../format.js'

export interface PlotPoint {
  /** epoch ms */
  readonly at: number
  /** null: there is none */
  readonly y: number | null
  /** a second line */
  readonly also?: number | null
}

export interface PlotProps {
  readonly title: string
  readonly points: readonly PlotPoint[]
  /** ms from the left to the right edge */
  readonly spanMs: number
  /** epoch ms of the right edge */
  readonly until: number
  readonly shown: (y: number) => string
  /** of the second line */
  readonly alsoCalled?: string
}

const WIDTH = 420
const HEIGHT = 150
const LEFT = 46
const BOTTOM = 22
const TOP = 8

/** A line over time, drawn by hand: it scales, follows the colours, and is read out as its latest and highest value. */
export function Plot({ title, points, spanMs, until, shown, alsoCalled }: PlotProps) {
  const [pointed, setPointed] = useState<PlotPoint>()
  const highest = Math.max(0, ...points.flatMap(({ y, also }) => [y ?? 0, also ?? 0]))
  const top = niceAbove(highest)
  const x = (at: number) => LEFT + (1 - (until - at) / spanMs) * (WIDTH - LEFT)
  const y = (value: number) => HEIGHT - BOTTOM - (value / top) * (HEIGHT - BOTTOM - TOP)
  const latest = points.at(-1)
  const told = pointed ?? latest
  const summary = `${title}: now ${shownOr(latest?.y, shown)}, at most ${shown(highest)}`

  function point(event: MouseEvent & { readonly currentTarget: SVGSVGElement }): void {
    const { left, width } = event.currentTarget.getBoundingClientRect()
    const at = until - (1 - (((event.clientX - left) / width) * WIDTH - LEFT) / (WIDTH - LEFT)) * spanMs
    setPointed(points.reduce<PlotPoint | undefined>((best, one) => nearer(best, one, at), undefined))
  }

  return (
    <figure class="plot">
      <figcaption>
        <b>{title}</b>
        <span class="muted">
          {told !== undefined && `${shownOr(told.y, shown)} `}
          {alsoCalled !== undefined && told?.also != null && `(${alsoCalled} ${shown(told.also)}) `}
          {pointed !== undefined && `at ${shortTime(pointed.at)}`}
        </span>
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={summary}
        onMouseMove={point}
        onMouseLeave={() => setPointed(undefined)}
      >
        {[0, 0.5, 1].map((share) => (
          <g key={share}>
            <line class="grid" x1={LEFT} x2={WIDTH} y1={y(top * share)} y2={y(top * share)} />
            <text x={LEFT - 8} y={y(top * share) + 4} text-anchor="end">
              {shown(top * share)}
            </text>
          </g>
        ))}
        {[0, 0.5, 1].map((share) => (
          <text
            key={share}
            x={LEFT + share * (WIDTH - LEFT)}
            y={HEIGHT - 4}
            text-anchor={share === 0 ? 'start' : share === 1 ? 'end' : 'middle'}
          >
            {shortTime(until - (1 - share) * spanMs)}
          </text>
        ))}
        {stretches(points, ({ y }) => y).map((stretch) => (
          <path key={stretch[0]?.at} class="area" d={`${lineOf(stretch, x, y)}V${y(0)}H${x(stretch[0]?.at ?? 0)}Z`} />
        ))}
        {stretches(points, ({ also }) => also ?? null).map((stretch) => (
          <path key={stretch[0]?.at} class="line second" d={lineOf(stretch, x, y)} />
        ))}
        {stretches(points, ({ y }) => y).map((stretch) => (
          <path key={stretch[0]?.at} class="line" d={lineOf(stretch, x, y)} />
        ))}
        {pointed !== undefined && (
          <line class="cursor" x1={x(pointed.at)} x2={x(pointed.at)} y1={TOP} y2={HEIGHT - BOTTOM} />
        )}
        {told?.y != null && <circle class="dot" cx={x(told.at)} cy={y(told.y)} r={3.2} />}
      </svg>
    </figure>
  )
}

const shownOr = (value: number | null | undefined, shown: (y: number) => string): string =>
  value === null || value === undefined ? 'nothing' : shown(value)

function nearer(best: PlotPoint | undefined, one: PlotPoint, at: number): PlotPoint {
  return best === undefined || Math.abs(one.at - at) < Math.abs(best.at - at) ? one : best
}

type Drawn = { readonly at: number; readonly y: number }

/** Where there is no value the line is interrupted. */
function stretches(points: readonly PlotPoint[], of: (point: PlotPoint) => number | null): Drawn[][] {
  const all: Drawn[][] = [[]]
  for (const point of points) {
    const value = of(point)
    if (value === null) all.push([])
    else all.at(-1)?.push({ at: point.at, y: value })
  }
  return all.filter((stretch) => stretch.length > 0)
}

const lineOf = (stretch: readonly Drawn[], x: (at: number) => number, y: (value: number) => number): string =>
  stretch.map((one, i) => `${i === 0 ? 'M' : 'L'}${x(one.at).toFixed(1)} ${y(one.y).toFixed(1)}`).join('')

/** 1, 2, 5, 10, 20, 50 …: the next above it. */
function niceAbove(value: number): number {
  if (value <= 0) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  return power * ([1, 2, 5, 10].find((step) => step * power >= value) ?? 10)
}
