import { useState } from 'preact/hooks'
import type { ShownStretch } from '../../../management/operator/history.js'
import { useAsked } from '../asked.js'
import { now } from '../clock.js'
import { count, milliseconds, rate } from '../format.js'
import { Empty, Waiting } from '../parts/empty.js'
import { Plot, type PlotPoint } from '../parts/plot.js'
import { queryOf } from '../relay-api.js'

const SPANS = { '1h': { ms: 3_600_000, called: 'last hour' }, '24h': { ms: 86_400_000, called: 'last day' } } as const
type Span = keyof typeof SPANS
const EVERY_MS = 10_000
/** Of a relay that has just been started. */
const SHORTEST_MS = 600_000

/** Throughput, latency and queue of a destination, or of the relay, over time. */
export function DestinationPlots({ name }: { name?: string }) {
  const [span, setSpan] = useState<Span>('1h')
  const asked = useAsked<{ stretches: readonly ShownStretch[] }>(
    `history${queryOf({ destination: name, span })}`,
    EVERY_MS,
  )
  const stretches = asked.data?.stretches
  return (
    <section class="card" aria-label="Over time">
      <div class="card-head">
        <h2>Over time</h2>
        <div class="tabs">
          {(['1h', '24h'] as const).map((one) => (
            <button key={one} type="button" aria-pressed={one === span} onClick={() => setSpan(one)}>
              {SPANS[one].called}
            </button>
          ))}
        </div>
      </div>
      {stretches === undefined ? (
        <Waiting {...asked} />
      ) : stretches.length === 0 ? (
        <Empty title="Nothing is known yet">
          <p>The relay notes it from its start on, every {span === '1h' ? '10 seconds' : '5 minutes'}.</p>
        </Empty>
      ) : (
        <Plots stretches={stretches} spanMs={SPANS[span].ms} isRelay={name === undefined} />
      )}
    </section>
  )
}

function Plots({
  stretches,
  spanMs,
  isRelay,
}: {
  stretches: readonly ShownStretch[]
  spanMs: number
  isRelay: boolean
}) {
  const until = Math.max(Date.parse(stretches.at(-1)?.at ?? ''), now() - EVERY_MS)
  const points = (of: (one: ShownStretch) => Omit<PlotPoint, 'at'>): PlotPoint[] =>
    stretches.map((one) => ({ at: Date.parse(one.at), ...of(one) }))
  const first = Date.parse(stretches[0]?.at ?? '')
  const common = { spanMs: Math.min(spanMs, Math.max(SHORTEST_MS, until - first)), until }
  return (
    <div class="columns">
      <Plot
        {...common}
        title={isRelay ? 'Accepted per second' : 'Ended per second'}
        points={points(({ perSecond }) => ({ y: perSecond }))}
        shown={rate}
      />
      <Plot
        {...common}
        title={isRelay ? 'Time to accept' : 'Time of an attempt'}
        points={points(({ ms, mostMs }) => ({ y: ms, also: mostMs }))}
        shown={milliseconds}
        alsoCalled="at most"
      />
      <Plot
        {...common}
        title="Queued"
        points={points(({ queued }) => ({ y: queued }))}
        shown={(n) => count(Math.round(n))}
      />
    </div>
  )
}
