import { useAsked } from '../asked.js'
import { age, bytes, count, rate } from '../format.js'
import { Empty, Waiting } from '../parts/empty.js'
import { Fact, Facts, Figure, Figures } from '../parts/figures.js'
import { Head } from '../parts/head.js'
import { Moment } from '../parts/moment.js'
import { relay, senders } from '../pulse.js'
import { DestinationPlots } from './destination-plots.js'

const EVERY_MS = 5_000

export function About() {
  const us = relay.value
  if (us === undefined) return <Waiting problem={undefined} again={() => {}} />
  return (
    <>
      <Head title="About" lead={`alerta-relay ${us.version}, store-and-forward federation for Alerta`} />
      <div class="stack">
        <section class="card stack" aria-label="The relay">
          <Figures>
            <Figure label="Accepted" unit="/s">
              {rate(us.acceptedPerSecond)}
            </Figure>
            <Figure label="Delivered" unit="/s">
              {rate(us.deliveredPerSecond)}
            </Figure>
            <Figure label="Up for">{age(us.startedAt)}</Figure>
            <Figure label="Database">{bytes(us.databaseBytes)}</Figure>
            <Figure label="Free on disk">{us.freeBytes === null ? 'unknown' : bytes(us.freeBytes)}</Figure>
          </Figures>
          <Facts>
            <Fact label="base_url">{us.baseUrl}</Fact>
            <Fact label="Known as">{us.identities.join(', ')}</Fact>
            <Fact label="Started">
              <Moment at={us.startedAt} />
            </Fact>
            <Fact label="Operator API">
              <a href="../operator/">browse it</a>
            </Fact>
          </Facts>
        </section>
        <DestinationPlots />
        <Senders />
        <Counters />
      </div>
    </>
  )
}

const Senders = () => (
  <section class="card flush" aria-labelledby="senders-title">
    <div class="card-head">
      <h2 id="senders-title">Senders</h2>
    </div>
    {senders.value.length === 0 ? (
      <Empty title="Nobody has sent anything since the start" />
    ) : (
      <div class="scroll">
        <table class="stacked">
          <thead>
            <tr>
              <th scope="col">Credential</th>
              <th scope="col">Address</th>
              <th scope="col" class="number">
                Accepted /s
              </th>
              <th scope="col" class="number">
                Accepted
              </th>
              <th scope="col">Refused</th>
              <th scope="col" class="number">
                Last
              </th>
            </tr>
          </thead>
          <tbody>
            {senders.value.map((one) => (
              <tr key={`${one.credential} ${one.address}`}>
                <td class="break">
                  {one.known ? one.credential : <span class="warn">not let in ({one.credential})</span>}
                </td>
                <td>{one.address}</td>
                <td class="number" data-label="Accepted /s">
                  {rate(one.acceptedPerSecond)}
                </td>
                <td class="number" data-label="Accepted">
                  {count(one.accepted)}
                </td>
                <td class="break wide">
                  {Object.entries(one.refused)
                    .map(([status, n]) => `${count(n)}× ${status}`)
                    .join(', ') || '–'}
                  {one.lastError !== null && <span class="sub">{one.lastError.why}</span>}
                </td>
                <td class="number" data-label="Last">
                  <Moment at={one.last} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    )}
  </section>
)

function Counters() {
  const asked = useAsked<{ counters: Readonly<Record<string, number>> }>('counters', EVERY_MS)
  return (
    <section class="card" aria-labelledby="counters-title">
      <h2 id="counters-title">Counters since the start</h2>
      {asked.data === undefined ? (
        <Waiting {...asked} />
      ) : Object.keys(asked.data.counters).length === 0 ? (
        <p class="muted">Nothing has been counted yet.</p>
      ) : (
        <ul class="counters">
          {Object.entries(asked.data.counters)
            .toSorted(([a], [b]) => a.localeCompare(b))
            .map(([name, n]) => (
              <li key={name}>
                <span>{name}</span> {count(n)}
              </li>
            ))}
        </ul>
      )}
    </section>
  )
}
