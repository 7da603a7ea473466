import type { ShownDestination } from '../../../management/console-look.js'
import type { laneShown } from '../../../management/overview.js'
import { useAsked } from '../asked.js'
import { age, count, several, span } from '../format.js'
import { answerOf } from '../message-words.js'
import { Waiting } from '../parts/empty.js'
import { State } from '../parts/state.js'
import { part } from '../relay-api.js'
import { to } from '../router.js'

interface Ages {
  readonly ages: readonly number[]
  readonly queues: readonly { readonly name: string; readonly counts: readonly number[] }[]
}

type Lane = ReturnType<typeof laneShown> & { readonly rows: number }

const EVERY_MS = 3_000
const BAR = { width: 40, height: 60 }

/** What waits for a destination, by age and by lane. */
export function DestinationQueue({ one }: { one: ShownDestination }) {
  const { name, queued } = one
  const ages = useAsked<Ages>(queued === 0 ? undefined : 'queue', EVERY_MS)
  const lanes = useAsked<{ lanes: number; oldest: readonly Lane[] }>(
    queued === 0 ? undefined : `queue/${part(name)}`,
    EVERY_MS,
  )
  if (queued === 0) {
    return (
      <section class="card" aria-label="Queue">
        <h2>Queue</h2>
        <p class="muted">Empty: everything that was meant for {name} has gone there.</p>
      </section>
    )
  }
  const counts = ages.data?.queues.find((queue) => queue.name === name)?.counts
  return (
    <section class="card stack" aria-label="Queue">
      <div class="card-head">
        <h2>Queue by age</h2>
        <span class="muted small">{lanes.data !== undefined && several(lanes.data.lanes, 'lane')}</span>
      </div>
      {counts === undefined || ages.data === undefined ? (
        <Waiting {...ages} />
      ) : (
        <Bars counts={counts} limits={ages.data.ages} />
      )}
      {lanes.data !== undefined && lanes.data.oldest.length > 0 && <Lanes lanes={lanes.data.oldest} />}
    </section>
  )
}

function Bars({ counts, limits }: { counts: readonly number[]; limits: readonly number[] }) {
  const most = Math.max(1, ...counts)
  const labels = counts.map((_, i) => {
    const limit = limits[i]
    return limit === undefined ? `over ${span((limits.at(-1) ?? 0) * 1_000)}` : `to ${span(limit * 1_000)}`
  })
  return (
    <ol class="bars">
      {counts.map((n, i) => {
        const height = n === 0 ? 0 : Math.max(2, (n / most) * BAR.height)
        return (
          <li key={labels[i]} class="bar-cell">
            <b>{count(n)}</b>
            <svg viewBox={`0 0 ${BAR.width} ${BAR.height}`} preserveAspectRatio="none" aria-hidden="true">
              <rect class="track" width={BAR.width} height={BAR.height} />
              <rect y={BAR.height - height} width={BAR.width} height={height} />
            </svg>
            <span class="muted">{labels[i]}</span>
          </li>
        )
      })}
    </ol>
  )
}

const Lanes = ({ lanes }: { lanes: readonly Lane[] }) => (
  <div class="scroll">
    <table class="stacked">
      <thead>
        <tr>
          <th scope="col">What waits the longest</th>
          <th scope="col">State</th>
          <th scope="col">Last answer</th>
          <th scope="col" class="number">
            Tries
          </th>
          <th scope="col" class="number">
            In its lane
          </th>
          <th scope="col" class="number">
            Waits for
          </th>
        </tr>
      </thead>
      <tbody>
        {lanes.map((lane) => (
          <tr key={lane.message}>
            <td class="break">
              <a href={to(['messages', lane.message])}>{lane.lane}</a>
              {lane.event !== null && <span class="sub">{lane.event}</span>}
            </td>
            <td>
              <State state={lane.sending ? 'sending' : 'queued'} />
            </td>
            <td class="break wide">{answerOf(lane) || '–'}</td>
            <td class="number" data-label="Tries">
              {count(lane.attempts)}
            </td>
            <td class="number" data-label="In its lane">
              {count(lane.rows)}
            </td>
            <td class="number" data-label="Waits for">
              {age(lane.since)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)
