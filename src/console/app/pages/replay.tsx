import { useState } from 'preact/hooks'
import { several } from '../format.js'
import { Confirm } from '../parts/confirm.js'
import { ask, part } from '../relay-api.js'
import { attempt } from '../toasts.js'

interface LettersProps {
  readonly destination: string
  /** these; none: all of the reason */
  readonly messages?: readonly string[]
  /** undefined: whatever it is */
  readonly reason?: string
  readonly count: number
  readonly after: () => void
}

interface Replayed {
  readonly replayed: {
    readonly asWas: number
    readonly asNow: number
    readonly covered: number
    readonly more: boolean
  }
}

const selectionOf = ({ messages, reason }: LettersProps): object => ({
  ...(messages === undefined ? {} : { messages }),
  ...(reason === undefined ? {} : { reason }),
})

/** Sends dead letters again. */
export function ReplayButton(props: LettersProps) {
  const { destination, count, after } = props
  const [isAsking, setAsking] = useState(false)
  const path = `destinations/${part(destination)}/replay`

  async function replay(): Promise<string> {
    let sent = 0
    for (let more = true; more; ) {
      const { replayed } = await ask<Replayed>(path, { method: 'POST', body: selectionOf(props) })
      sent += replayed.asWas + replayed.asNow
      more = replayed.more
    }
    after()
    return `${several(sent, 'message')} sent again to ${destination}`
  }

  return (
    <>
      <button type="button" class="button little" onClick={() => setAsking(true)}>
        Replay
      </button>
      {isAsking && (
        <Confirm
          title={`Replay ${several(count, 'dead letter')}?`}
          what={`Sent to ${destination} again as new messages. Where an alert has changed since, what it is now is sent instead.`}
          verb="Replay"
          act={() => attempt(replay)}
          close={() => setAsking(false)}
        />
      )}
    </>
  )
}

/** Ends dead letters for good. */
export function DiscardButton(props: LettersProps) {
  const { destination, count, after } = props
  const [isAsking, setAsking] = useState(false)
  const path = `destinations/${part(destination)}/discard`

  async function discard(why: string): Promise<string> {
    let ended = 0
    for (let last = 1; last > 0; ) {
      const { discarded } = await ask<{ discarded: number }>(path, {
        method: 'POST',
        body: { ...selectionOf(props), why },
      })
      ended += discarded
      last = discarded
    }
    after()
    return `${several(ended, 'dead letter')} of ${destination} discarded`
  }

  return (
    <>
      <button type="button" class="button little danger" onClick={() => setAsking(true)}>
        Discard
      </button>
      {isAsking && (
        <Confirm
          title={`Discard ${several(count, 'dead letter')}?`}
          what={`${destination} never gets them. This cannot be undone.`}
          verb="Discard for good"
          danger
          reason={{ label: 'Reason, for those who come after you', needed: true }}
          act={(why) => attempt(() => discard(why))}
          close={() => setAsking(false)}
        />
      )}
    </>
  )
}
