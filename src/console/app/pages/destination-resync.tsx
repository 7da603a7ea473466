import { useState } from 'preact/hooks'
import { useAsked } from '../asked.js'
import { count } from '../format.js'
import { Confirm } from '../parts/confirm.js'
import { Fact, Facts } from '../parts/figures.js'
import { MomentAndAge } from '../parts/moment.js'
import { ask, part } from '../relay-api.js'
import { session } from '../session.js'
import { attempt } from '../toasts.js'

interface Resync {
  readonly plan: { readonly by: string; readonly why: string }
  readonly phase: string
  readonly startedAt: string
  readonly endedAt: string | null
  readonly tally: Readonly<Record<string, number>>
  readonly note: string | null
  readonly running: boolean
}

const EVERY_MS = 3_000

/** The resync of a destination that runs, or the last one; nothing where there was none. */
export function DestinationResync({ name }: { name: string }) {
  const { data, again } = useAsked<{ resync: Resync | null }>(`resync/${part(name)}`, EVERY_MS)
  const [isAsking, setAsking] = useState(false)
  const resync = data?.resync
  if (resync === null || resync === undefined) return null

  async function stop(): Promise<string> {
    await ask(`resync/${part(name)}`, { method: 'DELETE' })
    again()
    return `the resync of ${name} is stopped`
  }

  return (
    <section class="card" aria-labelledby="resync-title">
      <div class="card-head">
        <h2 id="resync-title">{resync.running ? 'A resync runs' : 'Last resync'}</h2>
        {resync.running && session.value?.may.operate === true && (
          <button type="button" class="button little" onClick={() => setAsking(true)}>
            Stop
          </button>
        )}
      </div>
      <Facts>
        <Fact label="Phase">{resync.phase}</Fact>
        <Fact label="Why">
          {resync.plan.why}, by {resync.plan.by}
        </Fact>
        <Fact label="Began">
          <MomentAndAge at={resync.startedAt} />
        </Fact>
        {resync.endedAt !== null && (
          <Fact label="Ended">
            <MomentAndAge at={resync.endedAt} />
          </Fact>
        )}
        {resync.note !== null && <Fact label="Note">{resync.note}</Fact>}
        <Fact label="Found">
          {Object.entries(resync.tally)
            .map(([what, n]) => `${what} ${count(n)}`)
            .join(', ') || '–'}
        </Fact>
      </Facts>
      {isAsking && (
        <Confirm
          title={`Stop the resync of ${name}?`}
          what="What has been sent stays sent."
          verb="Stop it"
          act={() => attempt(stop)}
          close={() => setAsking(false)}
        />
      )}
    </section>
  )
}
