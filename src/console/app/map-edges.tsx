import type { Box } from './map-layout.js'
import { shapeOf, toneOf } from './parts/state.js'

/** A bent line from the right side of one box to the left side of another; `shift`: beside its fellow. */
export function curve(
  from: Box,
  to: Box,
  shift = 0,
): { readonly d: string; readonly middle: readonly [number, number] } {
  const [x1, y1] = [from.x + from.width, from.y + from.height / 2 + shift]
  const [x2, y2] = [to.x, to.y + to.height / 2 + shift]
  const bend = (x2 - x1) / 2
  return { d: `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`, middle: [(x1 + x2) / 2, (y1 + y2) / 2] }
}

/** From the right side of one box around to the right side of another. */
export function around(from: Box, to: Box): { readonly d: string; readonly middle: readonly [number, number] } {
  const [x1, y1] = [from.x + from.width, from.y + from.height / 2 + 8]
  const [x2, y2] = [to.x + to.width, to.y + to.height / 2 - 8]
  const out = 34 + Math.abs(y2 - y1) / 8
  return { d: `M${x1} ${y1}C${x1 + out} ${y1} ${x2 + out} ${y2} ${x2} ${y2}`, middle: [x1 + out * 0.75, (y1 + y2) / 2] }
}

type Line = { readonly d: string; readonly middle: readonly [number, number] }

/** Of a dense map: from the trunk beside its column. */
export function branch(trunk: number, to: Box): Line {
  const y = to.y + to.height / 2
  return { d: `M${trunk} ${y}H${to.x}`, middle: [trunk + (to.x - trunk) / 2, y] }
}

/** From the relay to a trunk, and along it; the second one goes around the first column. */
export function trunkLine(us: Box, trunk: number, boxes: readonly Box[], isFirst: boolean): string {
  const start = us.x + us.width
  const middleY = us.y + us.height / 2
  const ys = boxes.map(({ y, height }) => y + height / 2)
  const [top, bottom] = [Math.min(middleY, ...ys), Math.max(middleY, ...ys)]
  if (isFirst) return `M${start} ${middleY}H${trunk}M${trunk} ${top}V${bottom}`
  return `M${start} ${middleY}H${start + 26}V14H${trunk}V${Math.max(...ys)}`
}

export interface EdgeProps {
  readonly d: string
  readonly middle: readonly [number, number]
  readonly state: string
  /** a second */
  readonly rate: number
  readonly isBack?: boolean
  /** without the shape in its middle */
  readonly isBare?: boolean
}

/** How thick: nothing moves, one a second, ten, a hundred. */
const widthOf = (rate: number): number => (rate <= 0 ? 1.25 : Math.min(5, 1.75 + Math.log10(1 + rate)))

/** What flows moves; what does not has a shape in its middle that says why. */
export function Edge({ d, middle, state, rate, isBack = false, isBare = false }: EdgeProps) {
  const tone = toneOf(state)
  const isBroken = tone !== 'well'
  const isIdle = rate <= 0 && !isBroken
  return (
    <g>
      <path
        class={`edge tone-${tone} ${isIdle ? 'idle' : ''}`}
        d={d}
        stroke-width={isBroken ? Math.max(2, widthOf(rate)) : widthOf(rate)}
        stroke-dasharray={isBroken ? '2 5' : undefined}
        stroke-linecap={isBroken ? 'round' : undefined}
        marker-end={isBack ? undefined : 'url(#arrow)'}
        marker-start={isBack ? 'url(#arrow)' : undefined}
      />
      {rate > 0 && !isBroken && (
        <path class={isBack ? 'edge moving back' : 'edge moving'} d={d} stroke-width={widthOf(rate)} />
      )}
      {isBroken && !isBare && <EdgeMark at={middle} state={state} />}
    </g>
  )
}

const EdgeMark = ({ at: [x, y], state }: { at: readonly [number, number]; state: string }) => (
  <>
    <circle class="mark" cx={x} cy={y} r={13} />
    <Shape x={x - 8} y={y - 8} size={16} state={state} />
  </>
)

export const Shape = ({ x, y, size, state }: { x: number; y: number; size: number; state: string }) => (
  <svg
    class={`shape tone-${toneOf(state)}`}
    x={x}
    y={y}
    width={size}
    height={size}
    viewBox="0 0 16 16"
    fill="currentColor"
    fill-rule="evenodd"
    aria-hidden="true"
  >
    <path d={shapeOf(state)} />
  </svg>
)
