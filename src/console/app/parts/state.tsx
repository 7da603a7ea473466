export type Tone = 'well' | 'warn' | 'bad'

interface Look {
  readonly tone: Tone
  readonly shape: string
}

const FILLED = 'M8 1.5a6.5 6.5 0 1 1 0 13a6.5 6.5 0 0 1 0-13Z'
const RING = 'M8 1.5a6.5 6.5 0 1 1 0 13a6.5 6.5 0 0 1 0-13Zm0 2.2a4.3 4.3 0 1 0 0 8.6a4.3 4.3 0 0 0 0-8.6Z'
const HALF = 'M8 1.5a6.5 6.5 0 1 1 0 13Zm0 0a6.5 6.5 0 0 0 0 13v-2a4.5 4.5 0 0 1 0-9Z'
const CROSS = 'M3.2 1.2 8 6l4.8-4.8 2 2L10 8l4.8 4.8-2 2L8 10l-4.8 4.8-2-2L6 8 1.2 3.2Z'
const TRIANGLE = 'M8 .8 15.6 14.4H.4Z'
const BARS = 'M2.5 1.5h4v13h-4Zm7 0h4v13h-4Z'
const SQUARE = 'M2 2h12v12H2Z'
const CLOCK = 'M8 1.5a6.5 6.5 0 1 1 0 13a6.5 6.5 0 0 1 0-13Zm-1 2.6v4.6l3.4 2.2 1.1-1.6-2.5-1.7V4.1Z'
const ARROW = 'M1.5 6.6h6.8V2.4L15 8l-6.7 5.6V9.4H1.5Z'
const FOLD = 'M2 3h12v2.2H2Zm0 4h12v2.2H2Zm3 4h6v2.2H5Z'

/** No two states that mean different things have the same shape: colour only says it once more. */
const LOOKS: Readonly<Record<string, Look>> = {
  flowing: { tone: 'well', shape: FILLED },
  late: { tone: 'warn', shape: CLOCK },
  paused: { tone: 'warn', shape: BARS },
  held: { tone: 'warn', shape: SQUARE },
  suspended: { tone: 'bad', shape: TRIANGLE },
  'breaker open': { tone: 'bad', shape: CROSS },
  'breaker half-open': { tone: 'warn', shape: HALF },
  removed: { tone: 'warn', shape: RING },
  // of deliveries
  delivered: { tone: 'well', shape: FILLED },
  queued: { tone: 'well', shape: CLOCK },
  sending: { tone: 'well', shape: ARROW },
  dead: { tone: 'bad', shape: CROSS },
  discarded: { tone: 'well', shape: SQUARE },
  suppressed: { tone: 'well', shape: RING },
  superseded: { tone: 'well', shape: FOLD },
  folded: { tone: 'well', shape: FOLD },
  skipped: { tone: 'well', shape: RING },
  received: { tone: 'well', shape: ARROW },
  // of alerts at a destination
  'in step': { tone: 'well', shape: FILLED },
  behind: { tone: 'warn', shape: CLOCK },
  missing: { tone: 'bad', shape: TRIANGLE },
  'not meant for it': { tone: 'well', shape: RING },
  unknown: { tone: 'well', shape: HALF },
  // of findings
  ok: { tone: 'well', shape: FILLED },
  warn: { tone: 'warn', shape: TRIANGLE },
  fail: { tone: 'bad', shape: CROSS },
}

const lookOf = (state: string): Look => LOOKS[state] ?? { tone: 'well', shape: RING }
export const toneOf = (state: string): Tone => lookOf(state).tone
export const shapeOf = (state: string): string => lookOf(state).shape

export const StateShape = ({ state }: { state: string }) => (
  <svg
    class={`shape tone-${toneOf(state)}`}
    viewBox="0 0 16 16"
    fill="currentColor"
    fill-rule="evenodd"
    aria-hidden="true"
  >
    <path d={shapeOf(state)} />
  </svg>
)

export const State = ({ state, title }: { state: string; title?: string | undefined }) => (
  <span class={`state tone-${toneOf(state)}`} title={title}>
    <StateShape state={state} />
    {state}
  </span>
)

const WORST = ['security', 'critical']
const MIDDLE = ['major', 'minor', 'warning']

export const Severity = ({ of }: { of: string }) => (
  <span class={`severity ${WORST.includes(of) ? 'worst' : MIDDLE.includes(of) ? 'middle' : ''}`}>{of}</span>
)
