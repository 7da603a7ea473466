import { useState } from 'preact/hooks'
import type { ShownDelivery, ShownMessage } from '../../../management/story-shown.js'
import { useAsked } from '../asked.js'
import { bytes, several } from '../format.js'
import { skipShown, titleOf, worstOf } from '../message-words.js'
import { Waiting } from '../parts/empty.js'
import { Fact, Facts } from '../parts/figures.js'
import { Head } from '../parts/head.js'
import { DeliveryJourney } from '../parts/journey.js'
import { Moment, MomentAndAge } from '../parts/moment.js'
import { HopPath } from '../parts/path.js'
import { State, StateShape } from '../parts/state.js'
import { relay } from '../pulse.js'
import { part } from '../relay-api.js'
import { to } from '../router.js'
import { session } from '../session.js'
import { ReplayButton } from './replay.js'

interface Answer {
  readonly message: ShownMessage
  readonly bodyBytes: number
  readonly body: string | null
  readonly cut: boolean
}

const EVERY_MS = 3_000

/** The journey of one message. */
export function MessagePage({ id }: { id: string }) {
  const asked = useAsked<Answer>(`messages/${part(id)}?body=true`, EVERY_MS)
  if (asked.data === undefined) return <Waiting {...asked} />
  const { message } = asked.data
  return (
    <>
      <Head
        title={titleOf(message)}
        lead={`${message.action ?? message.kind}${message.says === '' ? '' : `: ${message.says}`}`}
      >
        <State state={worstOf(message)} />
      </Head>
      <div class="stack">
        <section class="card" aria-labelledby="journey-title">
          <h2 id="journey-title">Journey</h2>
          <ol class="journey">
            <Received message={message} />
            {message.deliveries.map((delivery) => (
              <Delivery key={delivery.destination} delivery={delivery} message={message} again={asked.again} />
            ))}
            {message.skipped.map(({ destination, why }) => (
              <li key={destination}>
                <StateShape state="skipped" />
                <a href={to(['destinations', destination])}>{destination}</a>{' '}
                <span class="muted">does not get it: {skipShown(why)}</span>
              </li>
            ))}
          </ol>
        </section>
        <Origin message={message} />
        <Body answer={asked.data} />
      </div>
    </>
  )
}

const Received = ({ message }: { message: ShownMessage }) => (
  <li>
    <StateShape state="received" />
    <h3>
      Accepted <Moment at={message.acceptedAt} />
    </h3>
    <p class="muted">
      from {message.credential} at {message.sender === '' ? 'this relay' : message.sender}
      {message.replayOf !== null && (
        <>
          , a replay of <a href={to(['messages', message.replayOf])}>another message</a>
        </>
      )}
    </p>
    {message.hops.length > 0 && <HopPath hops={message.hops} us={relay.value?.baseUrl ?? 'this relay'} />}
    <p class="small muted">
      {several(message.deliveries.length, 'delivery', 'deliveries')}
      {message.skipped.length > 0 && `, ${message.skipped.length} left out`}
    </p>
  </li>
)

function Delivery({ delivery, message, again }: { delivery: ShownDelivery; message: ShownMessage; again: () => void }) {
  const mayReplay = delivery.state === 'dead' && session.value?.may.operate === true
  return (
    <li>
      <StateShape state={delivery.state} />
      <DeliveryJourney delivery={delivery} />
      {mayReplay && (
        <ReplayButton destination={delivery.destination} messages={[message.message]} count={1} after={again} />
      )}
    </li>
  )
}

const Origin = ({ message }: { message: ShownMessage }) => (
  <section class="card" aria-labelledby="facts-title">
    <h2 id="facts-title">Facts</h2>
    <Facts>
      <Fact label="Alert">
        <a class="mono" href={to(['alerts', message.alert])}>
          {message.alert}
        </a>
      </Fact>
      <Fact label="Message">
        <span class="mono">{message.message}</span>
      </Fact>
      <Fact label="Request">
        <span class="mono">{message.requestId}</span>
      </Fact>
      <Fact label="Accepted">
        <MomentAndAge at={message.acceptedAt} />
      </Fact>
      {message.firstAcceptedAt !== null && (
        <Fact label="First accepted by a relay">
          <MomentAndAge at={message.firstAcceptedAt} />
        </Fact>
      )}
      {message.replayedAs.map((id) => (
        <Fact key={id} label="Replayed as">
          <a class="mono" href={to(['messages', id])}>
            {id}
          </a>
        </Fact>
      ))}
    </Facts>
  </section>
)

function Body({ answer }: { answer: Answer }) {
  const [isOpen, setOpen] = useState(false)
  if (answer.body === null) return null
  return (
    <section class="card" aria-labelledby="body-title">
      <div class="card-head">
        <h2 id="body-title">Body, as it came</h2>
        <button type="button" class="button little" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? 'Hide' : `Show ${bytes(answer.bodyBytes)}`}
        </button>
      </div>
      {isOpen && (
        // what scrolls must be reached by keys too
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls
        <pre class="block" tabIndex={0}>
          {indented(answer.body)}
          {answer.cut && `\n… of ${bytes(answer.bodyBytes)}`}
        </pre>
      )}
    </section>
  )
}

function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch (error) {
    if (error instanceof SyntaxError) return text
    throw error
  }
}
