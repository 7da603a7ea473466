import { computed } from '@preact/signals'
import type { ShownDestination } from '../../../management/console-look.js'
import { nextShown, stateShown, whyShown } from '../destination-state.js'
import { age, count, rate, several } from '../format.js'
import { layOut } from '../map-layout.js'
import { Empty, Waiting } from '../parts/empty.js'
import { Figure, Figures } from '../parts/figures.js'
import { Head } from '../parts/head.js'
import { State } from '../parts/state.js'
import { beyond, connection, destinations, relay, senders } from '../pulse.js'
import { to } from '../router.js'
import { MapDrawing } from './map-drawing.js'

const layout = computed(() =>
  layOut(senders.value, destinations.value, beyond.value, new Set(relay.value?.identities ?? [])),
)

export function MapPage() {
  const us = relay.value
  if (us === undefined) {
    const state = connection.value
    return (
      <Waiting
        problem={state !== undefined && state !== 'live' ? state.cutOff : undefined}
        again={() => window.location.reload()}
      />
    )
  }
  const all = destinations.value
  const queued = all.reduce((sum, one) => sum + one.queued, 0)
  // dead letters alone hold nothing up
  const stuck = all.filter((one) => stateShown(one) !== 'flowing').length
  return (
    <>
      <Head title="Map" lead={us.baseUrl}>
        <Figures>
          <Figure label="Accepted" unit="/s">
            {rate(us.acceptedPerSecond)}
          </Figure>
          <Figure label="Delivered" unit="/s">
            {rate(us.deliveredPerSecond)}
          </Figure>
          <Figure label="Queued">{count(queued)}</Figure>
          <Figure label="In trouble" unit={`of ${all.length}`}>
            <span class={stuck > 0 ? 'bad' : ''}>{count(stuck)}</span>
          </Figure>
        </Figures>
      </Head>
      {us.wrong.map((wrong) => (
        <p key={wrong} class="notice tone-bad" role="alert">
          {wrong}
        </p>
      ))}
      {all.length === 0 ? <NoDestinations /> : <Filled all={all} />}
    </>
  )
}

const NoDestinations = () => (
  <div class="card">
    <Empty title="This relay sends to nobody yet">
      <p>Add a destination to its configuration and let it read the file again: alerts that come in then go there.</p>
      <pre class="block">{`destinations:
  - name: mom1
    url: https://alerta.example.com/api
    auth: { type: key, key: "\${MOM1_KEY}" }`}</pre>
    </Empty>
  </div>
)

const Filled = ({ all }: { all: readonly ShownDestination[] }) => (
  <div class="stack">
    <div class="map">
      <MapDrawing layout={layout.value} />
    </div>
    <section class="card flush" aria-labelledby="destinations-title">
      <div class="card-head">
        <h2 id="destinations-title">{several(all.length, 'destination')}</h2>
        <span class="muted small">those in trouble first</span>
      </div>
      <div class="scroll">
        <table class="stacked">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">State</th>
              <th scope="col">Why</th>
              <th scope="col" class="number">
                Delivered /s
              </th>
              <th scope="col" class="number">
                Queued
              </th>
              <th scope="col" class="number">
                Oldest
              </th>
              <th scope="col" class="number">
                Dead
              </th>
            </tr>
          </thead>
          <tbody>
            {all.map((one) => (
              <Row key={one.name} one={one} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  </div>
)

function Row({ one }: { one: ShownDestination }) {
  const next = nextShown(one.next)
  const why = whyShown(one)
  return (
    <tr class="row-link" data-destination={one.name}>
      <td>
        <a href={to(['destinations', one.name])}>{one.name}</a>
        {one.kind !== null && one.kind !== 'alerta' && (
          <>
            {' '}
            <span class="tag">{one.kind}</span>
          </>
        )}
      </td>
      <td>
        <State state={stateShown(one)} />
      </td>
      <td class="wide break">
        {why}
        {next !== undefined && <span class="sub">{next}</span>}
      </td>
      <td class="number" data-label="Delivered /s">
        {rate(one.deliveredPerSecond)}
      </td>
      <td class="number" data-label="Queued">
        {count(one.queued)}
      </td>
      <td class="number" data-label="Oldest">
        {one.oldest === null ? '–' : age(one.oldest)}
      </td>
      <td class="number" data-label="Dead">
        {one.dead === 0 ? '0' : <a href={to(['dead', one.name])}>{count(one.dead)}</a>}
      </td>
    </tr>
  )
}
