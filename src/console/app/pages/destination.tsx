import type { ShownDestination } from '../../../management/console-look.js'
import type { letterShown } from '../../../management/status.js'
import type { ShownMessage } from '../../../management/story-shown.js'
import { useAsked } from '../asked.js'
import { nextShown, stateShown, whyShown } from '../destination-state.js'
import { age, bytes, count, rate, several } from '../format.js'
import { Attempts } from '../parts/attempts.js'
import { Empty, Waiting } from '../parts/empty.js'
import { Fact, Facts, Figure, Figures } from '../parts/figures.js'
import { Head } from '../parts/head.js'
import { MomentAndAge } from '../parts/moment.js'
import { State } from '../parts/state.js'
import { destinations, relay } from '../pulse.js'
import { part, queryOf } from '../relay-api.js'
import { to } from '../router.js'
import { DestinationActions } from './destination-actions.js'
import { DestinationPlots } from './destination-plots.js'
import { DestinationQueue } from './destination-queue.js'
import { DestinationResync } from './destination-resync.js'

const EVERY_MS = 5_000

export function DestinationPage({ name }: { name: string }) {
  const one = destinations.value.find((destination) => destination.name === name)
  if (one === undefined) {
    if (relay.value === undefined) return <Waiting problem={undefined} again={() => {}} />
    return (
      <Empty title={`No destination is named ${name}`}>
        <p>
          <a href="#/map">The map</a> shows those that there are.
        </p>
      </Empty>
    )
  }
  return (
    <>
      <Head title={name} lead={[one.kind, one.url].filter((part) => part !== null).join(' · ')}>
        <DestinationActions one={one} />
      </Head>
      <div class="stack">
        <StateCard one={one} />
        <DestinationPlots name={name} />
        <DestinationQueue one={one} />
        {one.kind !== 'http' && one.state !== 'removed' && <DestinationResync name={name} />}
        <div class="columns">
          <LastAttempts name={name} />
          <Letters one={one} />
        </div>
      </div>
    </>
  )
}

function StateCard({ one }: { one: ShownDestination }) {
  const why = whyShown(one)
  const next = nextShown(one.next)
  const told = one as ShownDestination & { readonly hint?: string; readonly since?: string }
  return (
    <section class="card stack" aria-label="State">
      <Figures>
        <Figure label="State">
          <State state={stateShown(one)} />
        </Figure>
        <Figure label="Delivered" unit="/s">
          {rate(one.deliveredPerSecond)}
        </Figure>
        <Figure label="Queued" unit={one.queued > 0 ? bytes(one.queuedBytes) : undefined}>
          {count(one.queued)}
        </Figure>
        <Figure label="Oldest">{one.oldest === null ? '–' : age(one.oldest)}</Figure>
        <Figure label="In flight" unit={`of ${one.concurrency}, at most ${one.concurrencyMax}`}>
          {count(one.sending)}
        </Figure>
        <Figure label="Dead letters">{count(one.dead)}</Figure>
      </Figures>
      <Facts>
        {why !== '' && <Fact label="Why">{why}</Fact>}
        {told.hint !== undefined && <Fact label="What helps">{told.hint}</Fact>}
        {told.since !== undefined && (
          <Fact label="Since">
            <MomentAndAge at={told.since} />
          </Fact>
        )}
        {next !== undefined && <Fact label="What happens next">{next}</Fact>}
        <Fact label="Last success">
          {one.lastSuccess === null ? 'none since the start' : <MomentAndAge at={one.lastSuccess} />}
        </Fact>
        {one.slowed !== null && (
          <Fact label="Last slowed down">
            <MomentAndAge at={one.slowed.at} /> {one.slowed.why}
          </Fact>
        )}
        {one.lastFailure !== null && (
          <Fact label="Last failure">
            <MomentAndAge at={one.lastFailure.at} /> {one.lastFailure.note}
          </Fact>
        )}
      </Facts>
    </section>
  )
}

const SHOWN = 8

function LastAttempts({ name }: { name: string }) {
  const asked = useAsked<{ messages: readonly ShownMessage[] }>(
    `messages${queryOf({ destination: name, limit: SHOWN })}`,
    EVERY_MS,
  )
  return (
    <section class="card flush" aria-labelledby="last-title">
      <div class="card-head">
        <h2 id="last-title">Last messages</h2>
        <a href={to(['messages'], { destination: name })}>All</a>
      </div>
      {asked.data === undefined ? (
        <Waiting {...asked} />
      ) : asked.data.messages.length === 0 ? (
        <Empty title="Nothing has been sent there yet">
          <p>What comes in and matches goes there. Explain shows where an alert would go.</p>
        </Empty>
      ) : (
        <Attempts messages={asked.data.messages} destination={name} />
      )}
    </section>
  )
}

export interface Dead {
  readonly total: number
  readonly reasons: readonly {
    readonly reason: string
    readonly count: number
    readonly first: string
    readonly last: string
  }[]
  readonly letters: readonly ReturnType<typeof letterShown>[]
}

function Letters({ one }: { one: ShownDestination }) {
  const path = `destinations/${part(one.name)}/dead`
  const asked = useAskedByPost<Dead>(path, one.dead)
  return (
    <section class="card" aria-labelledby="dead-title">
      <div class="card-head">
        <h2 id="dead-title">Dead letters</h2>
        {one.dead > 0 && <a href={to(['dead', one.name])}>{several(one.dead, 'dead letter')}: replay or discard</a>}
      </div>
      {one.dead === 0 ? (
        <p class="muted">None. A message that the destination refuses for good would stand here, with the reason.</p>
      ) : asked.data === undefined ? (
        <Waiting {...asked} />
      ) : (
        <Facts>
          {asked.data.reasons.slice(0, SHOWN).map(({ reason, count: n }) => (
            <Fact key={reason} label={count(n)}>
              {reason}
            </Fact>
          ))}
        </Facts>
      )}
    </section>
  )
}

/** Asked again when their number has changed. */
const useAskedByPost = <T,>(path: string, dead: number) => useAsked<T>(dead === 0 ? undefined : `POST ${path}#${dead}`)
