import { useState } from 'preact/hooks'
import type { ShownMessage } from '../../../management/story-shown.js'
import { useAsked } from '../asked.js'
import { whenQuiet } from '../clock.js'
import { moment } from '../format.js'
import { titleOf, worstOf } from '../message-words.js'
import { Empty, Waiting } from '../parts/empty.js'
import { Head } from '../parts/head.js'
import { Moment } from '../parts/moment.js'
import { State } from '../parts/state.js'
import { destinations } from '../pulse.js'
import { queryOf } from '../relay-api.js'
import { place, refine, to } from '../router.js'

interface Page {
  readonly messages: readonly ShownMessage[]
  readonly cursor: string | null
  readonly cutShort: boolean
  readonly lookedBackTo: string | null
}

const STATES = ['queued', 'sending', 'delivered', 'dead', 'suppressed', 'superseded', 'folded', 'discarded', 'skipped']
const SPANS = {
  '': 'any time',
  '15m': 'last 15 minutes',
  '1h': 'last hour',
  '6h': 'last 6 hours',
  '1d': 'last day',
  '3d': 'last 3 days',
}
const TEXTS = [
  ['alert', 'Alert id'],
  ['resource', 'Resource'],
  ['event', 'Event'],
  ['environment', 'Environment'],
  ['text', 'Text in the body'],
] as const
const TYPING_MS = 350
const EVERY_MS = 5_000

const setField = whenQuiet(TYPING_MS, (name: string, value: string) => refine({ [name]: value, cursor: undefined }))

export function Messages() {
  const { query } = place.value
  const { cursor, ...wanted } = query
  const asked = useAsked<Page>(`messages${queryOf({ ...wanted, cursor })}`, cursor === undefined ? EVERY_MS : undefined)
  const isFiltered = Object.keys(wanted).length > 0
  return (
    <>
      <Head
        title="Messages"
        lead="Everything that was accepted, and what became of it. A text must fit whole; an alert id may be the beginning of one."
      />
      <Filters query={query} />
      <section class="card flush" aria-label="Messages">
        {asked.data === undefined ? (
          <Waiting {...asked} />
        ) : (
          <>
            {asked.data.messages.length === 0 ? (
              <Nothing isFiltered={isFiltered} />
            ) : (
              <List messages={asked.data.messages} />
            )}
            <Pager page={asked.data} isFirst={cursor === undefined} />
          </>
        )}
      </section>
    </>
  )
}

function Filters({ query }: { query: Readonly<Record<string, string>> }) {
  const choose = (name: string) => (event: { readonly currentTarget: HTMLSelectElement }) =>
    refine({ [name]: event.currentTarget.value, cursor: undefined })
  return (
    <search class="filters">
      {TEXTS.map(([name, label]) => (
        <label key={name} class="field">
          <span>{label}</span>
          <input
            type="search"
            name={name}
            defaultValue={query[name] ?? ''}
            onInput={({ currentTarget }) => setField(name, currentTarget.value)}
          />
        </label>
      ))}
      <label class="field">
        <span>State</span>
        <select value={query.state ?? ''} onChange={choose('state')}>
          <option value="">any</option>
          {STATES.map((state) => (
            <option key={state}>{state}</option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>Destination</span>
        <select value={query.destination ?? ''} onChange={choose('destination')}>
          <option value="">any</option>
          {destinations.value.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>Time</span>
        <select value={query.since ?? ''} onChange={choose('since')}>
          {Object.entries(SPANS).map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </label>
    </search>
  )
}

const Nothing = ({ isFiltered }: { isFiltered: boolean }) =>
  isFiltered ? (
    <Empty title="Nothing fits">
      <p>
        Take away a filter, or <a href="#/messages">look at all messages</a>. What is settled is forgotten after
        retention.settled, three days by default.
      </p>
    </Empty>
  ) : (
    <Empty title="No message has come in yet">
      <p>Point a sender at this relay: it takes what Alerta takes. For a first one:</p>
      <pre class="block">{`curl -H 'Authorization: Key YOUR-KEY' -H 'Content-Type: application/json' \\
  -d '{"resource":"web01","event":"NodeDown","environment":"Production","severity":"critical","service":["Web"]}' \\
  ${new URL('..', document.baseURI.replace(/[?#].*$/, '')).href}alert`}</pre>
    </Empty>
  )

const List = ({ messages }: { messages: readonly ShownMessage[] }) => (
  <div class="scroll">
    <table class="stacked">
      <thead>
        <tr>
          <th scope="col">About</th>
          <th scope="col">What</th>
          <th scope="col">State</th>
          <th scope="col">From</th>
          <th scope="col" class="number">
            Came
          </th>
        </tr>
      </thead>
      <tbody>
        {messages.map((message) => (
          <tr key={message.message} class="row-link">
            <td class="break">
              <a href={to(['messages', message.message])}>{titleOf(message)}</a>
            </td>
            <td class="break">
              {message.action ?? message.kind}
              <span class="sub">{message.says}</span>
            </td>
            <td>
              <States message={message} />
            </td>
            <td class="words wide" data-label="From">
              {message.credential}
              <span class="sub">{message.sender}</span>
            </td>
            <td class="number" data-label="Came">
              <Moment at={message.acceptedAt} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)

/** Of many deliveries the one that matters most, and where the rest is. */
function States({ message }: { message: ShownMessage }) {
  const { deliveries, skipped } = message
  if (deliveries.length === 0)
    return <State state="skipped" title={skipped.map(({ destination, why }) => `${destination}: ${why}`).join('\n')} />
  const worst = worstOf(message)
  const there = deliveries.filter(({ state }) => state === worst)
  return (
    <>
      <State state={worst} />
      {deliveries.length === 1 ? (
        <span class="sub">{deliveries[0]?.destination}</span>
      ) : (
        <span class="sub nowrap">
          {there.length} of {deliveries.length} destinations
        </span>
      )}
    </>
  )
}

function Pager({ page, isFirst }: { page: Page; isFirst: boolean }) {
  const [steps, setSteps] = useState(0)
  const { cursor, cutShort, lookedBackTo } = page
  if (isFirst && cursor === null) return null
  return (
    <div class="pager">
      <span class="muted small">
        {cutShort && lookedBackTo !== null && `Looked back to ${moment(lookedBackTo)}; older ones may fit too.`}
      </span>
      <div class="buttons">
        {!isFirst && (
          <button
            type="button"
            class="button little"
            onClick={() => {
              setSteps(0)
              refine({ cursor: undefined })
            }}
          >
            Newest
          </button>
        )}
        {cursor !== null && (
          <button
            type="button"
            class="button little"
            onClick={() => {
              setSteps(steps + 1)
              refine({ cursor })
            }}
          >
            Older
          </button>
        )}
      </div>
    </div>
  )
}
