import { useEffect, useState } from 'preact/hooks'
import { follow, type StreamEvent } from '../event-stream.js'
import { clockTime, several } from '../format.js'
import { Empty } from '../parts/empty.js'
import { Head } from '../parts/head.js'
import { StateShape } from '../parts/state.js'
import { destinations } from '../pulse.js'
import { queryOf } from '../relay-api.js'
import { place, refine, to } from '../router.js'

interface Happening {
  readonly id: string
  readonly time: string
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly what: string
  readonly [field: string]: unknown
}
type Line = Happening | { readonly id: string; readonly missed: number | null }

const KEPT = 300
const LAST = 50
/** Of what has happened in a tenth of a second: nobody reads faster. */
const MOST = 30
const LEVELS = ['info', 'warn', 'error']
const SHAPES = { debug: 'skipped', info: 'flowing', warn: 'warn', error: 'fail' } as const

/** What the relay does, while it does it. */
export function Live() {
  const { level = 'info', destination } = place.value.query
  const [lines, setLines] = useState<readonly Line[]>([])
  const [state, setState] = useState<'live' | { readonly cutOff: string }>()
  const [isPaused, setPaused] = useState(false)

  useEffect(() => {
    if (isPaused) return undefined
    const controller = new AbortController()
    let waiting: Line[] = []
    // drawn once a frame, however many come
    const flush = () => {
      const come = waiting
      waiting = []
      setLines((before) => [...come.toReversed(), ...before].slice(0, KEPT))
    }
    setLines([])
    void follow({
      path: (after) =>
        `activity${queryOf({ level, destination, after, most: MOST, last: after === undefined ? LAST : undefined })}`,
      onEvent(event) {
        const line = lineOf(event)
        if (line === undefined) return
        if (waiting.length === 0) requestAnimationFrame(flush)
        waiting = [...waiting, line].slice(-KEPT)
      },
      onState: setState,
      signal: controller.signal,
    })
    return () => controller.abort()
  }, [level, destination, isPaused])

  const isLive = state === 'live' && !isPaused
  return (
    <>
      <Head title="Live" lead={`What the relay does, as it happens. The newest ${KEPT} are shown.`}>
        <div class="buttons">
          <span class="live">
            <StateShape state={isLive ? 'flowing' : 'paused'} />{' '}
            {isPaused ? 'Stopped by you' : isLive ? 'Live' : 'Not live'}
          </span>
          <button type="button" class="button" onClick={() => setPaused(!isPaused)}>
            {isPaused ? 'Go on' : 'Stop'}
          </button>
        </div>
      </Head>
      {!isPaused && state !== undefined && state !== 'live' && (
        <p class="band" role="alert">
          <StateShape state="breaker open" />
          <span>The feed is cut off: {state.cutOff}. It goes on by itself, where it was.</span>
        </p>
      )}
      <search class="filters">
        <label class="field">
          <span>Level, or worse</span>
          <select value={level} onChange={({ currentTarget }) => refine({ level: currentTarget.value })}>
            {LEVELS.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>Destination</span>
          <select
            value={destination ?? ''}
            onChange={({ currentTarget }) => refine({ destination: currentTarget.value })}
          >
            <option value="">all</option>
            {destinations.value.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      </search>
      <section class="card flush" aria-label="Feed">
        {lines.length === 0 ? (
          <Empty title="Nothing has happened yet">
            <p>Each message that comes in, each attempt and each change stands here the moment it happens.</p>
          </Empty>
        ) : (
          <ol class="feed">
            {lines.map((line) => (
              <FeedLine key={line.id} line={line} />
            ))}
          </ol>
        )}
      </section>
    </>
  )
}

function lineOf({ event, data }: StreamEvent): Line | undefined {
  if (event === 'gap') {
    const { missed } = JSON.parse(data) as { missed: number | null }
    gaps += 1
    return { id: `gap ${gaps}`, missed }
  }
  return event === 'message' ? (JSON.parse(data) as Happening) : undefined
}
let gaps = 0

function FeedLine({ line }: { line: Line }) {
  if ('missed' in line) {
    const missed = line.missed as number | null
    return (
      <li class="gap">
        {missed === null
          ? 'The relay was restarted here'
          : `${several(missed, 'line')} left out: more happened than can be shown`}
      </li>
    )
  }
  const { id: _id, time, level, what, message, alert, destination, ...fields } = line as Happening
  return (
    <li>
      <time dateTime={time}>{clockTime(time)}</time>
      <span title={level}>
        <StateShape state={SHAPES[level]} />
      </span>
      <span class="break">
        <b class={level === 'error' ? 'bad' : level === 'warn' ? 'warn' : ''}>{what}</b>{' '}
        {typeof destination === 'string' && <a href={to(['destinations', destination])}>{destination}</a>}{' '}
        {typeof message === 'string' && <a href={to(['messages', message])}>message</a>}{' '}
        {typeof alert === 'string' && <a href={to(['alerts', alert])}>alert</a>}{' '}
        <span class="fields">{fieldsOf(fields)}</span>
      </span>
    </li>
  )
}

const fieldsOf = (fields: Readonly<Record<string, unknown>>): string =>
  Object.entries(fields)
    .filter(
      ([name, value]) =>
        name !== 'request' && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0),
    )
    .map(([name, value]) => `${name} ${shown(value)}`)
    .join(', ')

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.join(' ')
  return typeof value === 'string' ? value : JSON.stringify(value)
}
