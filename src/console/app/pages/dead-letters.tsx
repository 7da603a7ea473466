import type { ShownDestination } from '../../../management/console-look.js'
import { useAsked } from '../asked.js'
import { count, several } from '../format.js'
import { Empty, Waiting } from '../parts/empty.js'
import { Head } from '../parts/head.js'
import { Moment } from '../parts/moment.js'
import { destinations } from '../pulse.js'
import { part } from '../relay-api.js'
import { to } from '../router.js'
import { session } from '../session.js'
import type { Dead } from './destination.js'
import { DiscardButton, ReplayButton } from './replay.js'

/** What was given up, by destination and reason. */
export function DeadLetters({ only }: { only: string | undefined }) {
  const all = destinations.value.filter(({ dead, name }) => (only === undefined ? dead > 0 : name === only))
  return (
    <>
      <Head
        title="Dead letters"
        lead="Deliveries that were given up because of the message itself. The destination goes on without them; they can be sent again for as long as retention.dead, 30 days by default."
      >
        {only !== undefined && (
          <a class="button" href="#/dead">
            All destinations
          </a>
        )}
      </Head>
      {all.every(({ dead }) => dead === 0) ? (
        <div class="card">
          <Empty title="There are none">
            <p>
              When a destination refuses a message for good, say with 400 or 422, it is kept here with the reason, and
              everything behind it goes on.
            </p>
          </Empty>
        </div>
      ) : (
        <div class="stack">
          {all.map((one) => (
            <OfDestination key={one.name} one={one} />
          ))}
        </div>
      )}
    </>
  )
}

function OfDestination({ one: { name, dead } }: { one: ShownDestination }) {
  const asked = useAsked<Dead>(dead === 0 ? undefined : `POST destinations/${part(name)}/dead#${dead}`)
  const mayOperate = session.value?.may.operate === true
  if (dead === 0) return null
  const letters = { destination: name, after: asked.again }
  return (
    <section class="card flush" aria-label={`Dead letters of ${name}`}>
      <div class="card-head">
        <h2>
          <a href={to(['destinations', name])}>{name}</a> <span class="muted">{several(dead, 'dead letter')}</span>
        </h2>
        {mayOperate && (
          <div class="buttons">
            <ReplayButton {...letters} count={dead} />
            <DiscardButton {...letters} count={dead} />
          </div>
        )}
      </div>
      {asked.data === undefined ? (
        <Waiting {...asked} />
      ) : (
        asked.data.reasons.map(({ reason, count: n, first, last }) => (
          <Reason
            key={reason}
            reason={reason}
            n={n}
            first={first}
            last={last}
            data={asked.data}
            {...letters}
            isOnly={asked.data?.reasons.length === 1}
          />
        ))
      )}
    </section>
  )
}

interface ReasonProps {
  readonly destination: string
  readonly reason: string
  readonly n: number
  readonly first: string
  readonly last: string
  readonly data: Dead | undefined
  readonly isOnly: boolean
  readonly after: () => void
}

function Reason({ destination, reason, n, first, last, data, isOnly, after }: ReasonProps) {
  const letters = data?.letters.filter((letter) => (letter.reason ?? '') === reason) ?? []
  const mayOperate = session.value?.may.operate === true
  const of = { destination, reason, count: n, after }
  return (
    <>
      <div class="card-head" data-reason={reason}>
        <div>
          <h3 class="break">
            <span class="bad">{count(n)}×</span> {reason}
          </h3>
          <p class="muted small">
            <Moment at={first} /> to <Moment at={last} />
          </p>
        </div>
        {mayOperate && !isOnly && (
          <div class="buttons">
            <ReplayButton {...of} />
            <DiscardButton {...of} />
          </div>
        )}
      </div>
      <div class="scroll">
        <table class="stacked">
          <thead>
            <tr>
              <th scope="col">Message</th>
              <th scope="col">Alert</th>
              <th scope="col" class="number">
                Status
              </th>
              <th scope="col" class="number">
                Tries
              </th>
              <th scope="col" class="number">
                Died
              </th>
              {mayOperate && (
                <th scope="col" class="number">
                  Again
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {letters.map((letter) => (
              <tr key={letter.message}>
                <td>
                  <a href={to(['messages', letter.message])}>{letter.action ?? letter.kind}</a>
                </td>
                <td class="break wide">
                  {letter.alert === null ? (
                    '–'
                  ) : (
                    <a class="mono" href={to(['alerts', letter.alert])}>
                      {letter.alert}
                    </a>
                  )}
                </td>
                <td class="number" data-label="Status">
                  {letter.httpStatus ?? '–'}
                </td>
                <td class="number" data-label="Tries">
                  {count(letter.attempts)}
                </td>
                <td class="number" data-label="Died">
                  <Moment at={letter.diedAt} />
                </td>
                {mayOperate && (
                  <td class="number">
                    <ReplayButton destination={destination} messages={[letter.message]} count={1} after={after} />
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}
