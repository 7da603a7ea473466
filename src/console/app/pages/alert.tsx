import type { Part, ShownAlert as Remembered } from '../../../management/trace.js'
import { useAsked } from '../asked.js'
import { several } from '../format.js'
import { standingShown, titleOf } from '../message-words.js'
import { Empty, Waiting } from '../parts/empty.js'
import { Fact, Facts } from '../parts/figures.js'
import { Head } from '../parts/head.js'
import { DeliveryJourney } from '../parts/journey.js'
import { Moment } from '../parts/moment.js'
import { Severity, StateShape } from '../parts/state.js'
import { part } from '../relay-api.js'
import { to } from '../router.js'
import { AlertActions } from './alert-actions.js'

const EVERY_MS = 5_000

/** The story of an alert, here and at the relays beyond that tell of it. */
export function AlertPage({ id }: { id: string }) {
  const asked = useAsked<{ parts: readonly Part[] }>(`alerts/${part(id)}/trace`, EVERY_MS)
  if (asked.data === undefined) return <Waiting {...asked} />
  const [here, ...beyond] = asked.data.parts
  const alert = here?.alert ?? null
  if (alert === null) {
    return (
      <Empty title="This relay knows no such alert">
        <p>
          {here?.why ?? ''} Look among <a href="#/alerts">the alerts</a> or <a href="#/messages">the messages</a>.
        </p>
      </Empty>
    )
  }
  const { about } = alert
  return (
    <>
      <Head title={about === null ? id : `${about.resource} / ${about.event}`} lead={about?.environment}>
        <AlertActions id={alert.ids[0]?.id ?? id} status={alert.status ?? ''} after={asked.again} isWhole />
      </Head>
      <div class="stack">
        <Standing alert={alert} />
        <Story title="Here" alert={alert} />
        {beyond.map((one) => (
          <Beyond key={one.via.join(' ')} one={one} />
        ))}
      </div>
    </>
  )
}

const Standing = ({ alert }: { alert: Remembered }) => (
  <section class="card" aria-labelledby="standing-title">
    <h2 id="standing-title">Now</h2>
    <Facts>
      <Fact label="Severity">{alert.severity === null ? '–' : <Severity of={alert.severity} />}</Fact>
      <Fact label="Status">{alert.deletedAt === null ? (alert.status ?? '–') : 'deleted'}</Fact>
      {alert.ids.map(({ id, by }, i) => (
        <Fact key={`${id} ${by}`} label={idShown(i, by)}>
          <span class="mono">{id}</span>
        </Fact>
      ))}
      {alert.standing.map((there) => (
        <Fact key={there.destination} label={there.destination}>
          {standingShown(there, alert.messages)}
        </Fact>
      ))}
    </Facts>
  </section>
)

/** The first is its own, also where a destination calls it the same. */
function idShown(i: number, by: string | null): string {
  if (i === 0) return 'Id'
  return by === null ? 'Also known as' : `Id at ${by}`
}

const Story = ({ title, alert }: { title: string; alert: Remembered }) => (
  <section class="card" aria-label={`Story: ${title}`}>
    <div class="card-head">
      <h2>{title}</h2>
      <span class="muted small">{alert.older > 0 && `${several(alert.older, 'older message')} left out`}</span>
    </div>
    <ol class="journey">
      {alert.messages.toReversed().map((message) => (
        <li key={message.message}>
          <StateShape state="received" />
          <h3>
            <a href={to(['messages', message.message])}>{message.action ?? message.kind}</a> {message.says}{' '}
            <Moment at={message.acceptedAt} />
          </h3>
          <p class="muted">
            from {message.credential} {message.about === null && titleOf(message)}
          </p>
          {message.deliveries.map((delivery) => (
            <div key={delivery.destination} class="tries">
              <DeliveryJourney delivery={{ ...delivery, tries: [] }} />
            </div>
          ))}
        </li>
      ))}
    </ol>
  </section>
)

const Beyond = ({ one }: { one: Part }) =>
  one.alert === null ? (
    <section class="card" aria-label={`Story: ${one.via.join(', ')}`}>
      <h2>{one.relay ?? one.via.join(' → ')}</h2>
      <p class="muted">{one.why}</p>
    </section>
  ) : (
    <Story title={`${one.relay ?? ''} (by ${one.via.join(' → ')})`} alert={one.alert} />
  )
