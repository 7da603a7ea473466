import type { ShownDelivery, ShownTry } from '../../../management/story-shown.js'
import { milliseconds, several } from '../format.js'
import { answerOf, waitShown } from '../message-words.js'
import { to } from '../router.js'
import { Moment } from './moment.js'
import { toneOf } from './state.js'

/** Beside the rest of the line, and not below it. */
const SHORT = 12

/** One delivery of a message, from its tries to how it stands. */
export function DeliveryJourney({ delivery }: { delivery: ShownDelivery }) {
  const { destination, state, endedAt, tries, tried, waits, ahead, by } = delivery
  const answer = answerOf(delivery)
  const isShort = answer.length <= SHORT
  return (
    <>
      <h3>
        <a href={to(['destinations', destination])}>{destination}</a>{' '}
        <span class={`tone-${toneOf(state)}`}>{state}</span> {endedAt !== null && <Moment at={endedAt} />}{' '}
        {isShort && <span class="muted answer">{answer}</span>}
      </h3>
      {answer !== '' && !isShort && <p class="muted break">{answer}</p>}
      {waits !== null && <p>{waitShown(waits)}</p>}
      {ahead !== null && (
        <p>
          {several(ahead.count, 'message')} before it in its lane, first{' '}
          <a href={to(['messages', ahead.first])}>this one</a>
        </p>
      )}
      {by !== null && (
        <p>
          in favour of <a href={to(['messages', by])}>a later message</a>
        </p>
      )}
      {tries.length > 0 && (
        <ol class="tries">
          {tries.map((one) => (
            <Try key={one.n} one={one} />
          ))}
          {tried > tries.length && (
            <li class="muted">{several(tried - tries.length, 'try', 'tries')} in between are left out</li>
          )}
        </ol>
      )}
    </>
  )
}

const Try = ({ one }: { one: ShownTry }) => (
  <li class="break">
    <Moment at={one.at} /> try {one.number}: {one.outcome}
    {one.ms !== null && <span class="muted"> after {milliseconds(one.ms)}</span>}
    <span class="muted"> {answerOf(one)}</span>
  </li>
)
