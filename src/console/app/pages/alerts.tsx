import type { ShownAlert } from '../../../management/operator/alerts.js'
import { useAsked } from '../asked.js'
import { whenQuiet } from '../clock.js'
import { count, several } from '../format.js'
import { Empty, Waiting } from '../parts/empty.js'
import { Head } from '../parts/head.js'
import { Moment } from '../parts/moment.js'
import { Severity, State, StateShape } from '../parts/state.js'
import { queryOf } from '../relay-api.js'
import { place, refine, to } from '../router.js'
import { AlertActions } from './alert-actions.js'

interface Answer {
  readonly alerts: readonly ShownAlert[]
  readonly total: number
  readonly destinations: readonly string[]
}

const LIMIT = 25
const EVERY_MS = 5_000
const TYPING_MS = 350
const SEVERITIES = [
  'security',
  'critical',
  'major',
  'minor',
  'warning',
  'informational',
  'normal',
  'ok',
  'cleared',
  'unknown',
]
const STATUSES = ['open', 'assign', 'ack', 'shelved', 'blackout', 'closed', 'expired']
/** Beyond this many a table has no room for a column each. */
const COLUMNS_AT_MOST = 5

const setField = whenQuiet(TYPING_MS, (name: string, value: string) => refine({ [name]: value, offset: undefined }))

/** The alerts that there are, and which destination has them how. */
export function Alerts() {
  const { query } = place.value
  const offset = Number(query.offset ?? 0) || 0
  const asked = useAsked<Answer>(`alerts${queryOf({ ...query, limit: LIMIT })}`, EVERY_MS)
  const { data } = asked
  const isFiltered = ['text', 'environment', 'severity', 'status'].some((name) => query[name] !== undefined)
  return (
    <>
      <Head
        title="Alerts"
        lead="What this relay knows of every alert, and how each destination has it: in step, behind, or missing."
      />
      <Filters query={query} />
      <section class="card flush" aria-label="Alerts">
        {data === undefined ? (
          <Waiting {...asked} />
        ) : data.alerts.length === 0 ? (
          <Nothing isFiltered={isFiltered} />
        ) : (
          <List answer={data} again={asked.again} />
        )}
        {data !== undefined && data.total > LIMIT && (
          <div class="pager">
            <span class="muted small">
              {count(offset + 1)} to {count(Math.min(offset + LIMIT, data.total))} of {count(data.total)}
            </span>
            <div class="buttons">
              <button
                type="button"
                class="button little"
                disabled={offset === 0}
                onClick={() => refine({ offset: offset > LIMIT ? String(offset - LIMIT) : undefined })}
              >
                Newer
              </button>
              <button
                type="button"
                class="button little"
                disabled={offset + LIMIT >= data.total}
                onClick={() => refine({ offset: String(offset + LIMIT) })}
              >
                Older
              </button>
            </div>
          </div>
        )}
      </section>
    </>
  )
}

function Filters({ query }: { query: Readonly<Record<string, string>> }) {
  const choose = (name: string) => (event: { readonly currentTarget: HTMLSelectElement }) =>
    refine({ [name]: event.currentTarget.value, offset: undefined })
  return (
    <search class="filters">
      <label class="field">
        <span>Text or id</span>
        <input
          type="search"
          name="text"
          defaultValue={query.text ?? ''}
          onInput={({ currentTarget }) => setField('text', currentTarget.value)}
        />
      </label>
      <label class="field">
        <span>Environment</span>
        <input
          type="search"
          name="environment"
          defaultValue={query.environment ?? ''}
          onInput={({ currentTarget }) => setField('environment', currentTarget.value)}
        />
      </label>
      <label class="field">
        <span>Severity</span>
        <select value={query.severity ?? ''} onChange={choose('severity')}>
          <option value="">any</option>
          {SEVERITIES.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>Status</span>
        <select value={query.status ?? ''} onChange={choose('status')}>
          <option value="">any</option>
          {STATUSES.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      </label>
    </search>
  )
}

const Nothing = ({ isFiltered }: { isFiltered: boolean }) =>
  isFiltered ? (
    <Empty title="No alert fits">
      <p>
        Take away a filter, or <a href="#/alerts">look at all alerts</a>.
      </p>
    </Empty>
  ) : (
    <Empty title="There are no alerts">
      <p>
        When senders post them, they stand here with their state at every destination. <a href="#/messages">Messages</a>{' '}
        shows how to send a first one.
      </p>
    </Empty>
  )

function List({ answer: { alerts, destinations }, again }: { answer: Answer; again: () => void }) {
  const isWide = destinations.length <= COLUMNS_AT_MOST
  return (
    <div class="scroll">
      <table class="stacked">
        <thead>
          <tr>
            <th scope="col">Severity</th>
            <th scope="col">Alert</th>
            <th scope="col">Status</th>
            {isWide ? (
              destinations.map((name) => (
                <th key={name} scope="col">
                  at {name}
                </th>
              ))
            ) : (
              <th scope="col">At {destinations.length} destinations</th>
            )}
            <th scope="col" class="number">
              Last heard
            </th>
            <th scope="col">
              <span class="hidden-text">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {alerts.map((alert) => (
            <tr key={alert.id} data-alert={alert.id}>
              <td>
                <Severity of={alert.severity} />
              </td>
              <td class="break wide">
                <a href={to(['alerts', alert.id])}>
                  {alert.environment} / {alert.resource} / {alert.event}
                </a>
                <span class="sub">
                  {[alert.value, alert.text].filter((part) => part !== null && part !== '').join(' · ')}
                </span>
              </td>
              <td>{alert.status}</td>
              {isWide ? <Columns alert={alert} destinations={destinations} /> : <Summary alert={alert} />}
              <td class="number" data-label="Last heard">
                <Moment at={alert.lastReceiveTime} />
              </td>
              <td class="number">
                <AlertActions id={alert.id} status={alert.status} after={again} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const Columns = ({ alert, destinations }: { alert: ShownAlert; destinations: readonly string[] }) => (
  <>
    {destinations.map((name) => {
      const there = alert.at.find(({ destination }) => destination === name)
      return (
        <td key={name} data-label={name} data-at={name}>
          <State state={there?.is ?? 'unknown'} title={there?.why} />
        </td>
      )
    })}
  </>
)

const PLACES = ['missing', 'behind', 'in step', 'unknown', 'not meant for it']

function Summary({ alert }: { alert: ShownAlert }) {
  return (
    <td class="wide">
      <span class="places">
        {PLACES.map((place) => {
          const there = alert.at.filter(({ is }) => is === place)
          if (there.length === 0) return null
          const named =
            there.length <= 3 && place !== 'in step'
              ? there.map(({ destination }) => destination).join(', ')
              : several(there.length, 'destination')
          return (
            <span key={place} class="state" title={there.map(({ destination }) => destination).join(', ')}>
              <StateShape state={place} /> {place} <span class="muted">{named}</span>
            </span>
          )
        })}
      </span>
    </td>
  )
}
