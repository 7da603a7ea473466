import type { ShownSuppressed } from '../../../management/operator/suppressed.js'
import { useAsked } from '../asked.js'
import { count } from '../format.js'
import { Empty, Waiting } from '../parts/empty.js'
import { Figure, Figures } from '../parts/figures.js'
import { Head } from '../parts/head.js'
import { Moment } from '../parts/moment.js'
import { HopPath } from '../parts/path.js'
import { to } from '../router.js'

interface Answer {
  readonly relay: string
  readonly counts: Readonly<Record<string, number>>
  readonly suppressed: readonly ShownSuppressed[]
}

const EVERY_MS = 5_000

/** What came a second time, and by which way. */
export function Suppressed() {
  const asked = useAsked<Answer>('suppressed', EVERY_MS)
  const { data } = asked
  return (
    <>
      <Head
        title="Suppressed"
        lead="Messages that had been here before: loops, and copies that came by a second way. They were answered well, and not sent on."
      >
        {data !== undefined && (
          <Figures>
            {Object.entries(data.counts).map(([why, n]) => (
              <Figure key={why} label={why}>
                {count(n)}
              </Figure>
            ))}
          </Figures>
        )}
      </Head>
      <section class="card flush" aria-label="Suppressed messages">
        {data === undefined ? (
          <Waiting {...asked} />
        ) : data.suppressed.length === 0 ? (
          <Empty title="Nothing has come twice">
            <p>
              Where relays are joined in pairs or diamonds, what comes round is recognised and stands here with its way.
              The last 500 are kept, since the start.
            </p>
          </Empty>
        ) : (
          <List {...data} />
        )}
      </section>
    </>
  )
}

const List = ({ relay, suppressed }: Answer) => (
  <div class="scroll">
    <table class="stacked">
      <thead>
        <tr>
          <th scope="col">Why</th>
          <th scope="col">Way</th>
          <th scope="col">From</th>
          <th scope="col" class="number">
            Came
          </th>
        </tr>
      </thead>
      <tbody>
        {suppressed.map((one, i) => (
          <tr key={`${one.at} ${i}`}>
            <td>
              {one.why}
              {one.alert !== null && (
                <span class="sub">
                  <a class="mono" href={to(['alerts', one.alert])}>
                    {one.alert}
                  </a>
                </span>
              )}
            </td>
            <td class="wide">
              <HopPath hops={one.hops} us={relay} again={one.hop} />
            </td>
            <td class="words" data-label="From">
              {one.credential ?? '–'}
              <span class="sub">{one.sender}</span>
            </td>
            <td class="number" data-label="Came">
              <Moment at={one.at} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)
