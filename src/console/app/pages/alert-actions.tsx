import { useState } from 'preact/hooks'
import { several } from '../format.js'
import { Confirm } from '../parts/confirm.js'
import { ask, part } from '../relay-api.js'
import { session } from '../session.js'
import { attempt } from '../toasts.js'

type Action = 'ack' | 'unack' | 'shelve' | 'unshelve' | 'close' | 'open'

/** Those that make sense, the likeliest first (Alerta's machine). */
const OFFERED: Readonly<Record<string, readonly Action[]>> = {
  open: ['ack', 'shelve', 'close'],
  ack: ['unack', 'shelve', 'close'],
  assign: ['ack', 'shelve', 'close'],
  shelved: ['unshelve', 'close'],
  closed: ['open'],
  expired: ['open', 'close'],
}
const CALLED: Readonly<Record<Action, string>> = {
  ack: 'Ack',
  unack: 'Unack',
  shelve: 'Shelve',
  unshelve: 'Unshelve',
  close: 'Close',
  open: 'Reopen',
}

interface AlertActionsProps {
  readonly id: string
  readonly status: string
  readonly after: () => void
  /** all of them, and not only the likeliest */
  readonly isWhole?: boolean
}

/** Acts on an alert, here and wherever it was sent; who may only look sees none of it. */
export function AlertActions({ id, status, after, isWhole = false }: AlertActionsProps) {
  const [action, setAction] = useState<Action>()
  if (session.value?.may.act !== true) return null
  const offered = OFFERED[status] ?? ['ack', 'close']

  async function act(chosen: Action, text: string): Promise<string> {
    const { queued } = await ask<{ queued: readonly string[] }>(`alerts/${part(id)}/action`, {
      method: 'POST',
      body: { action: chosen, text },
    })
    after()
    return `${CALLED[chosen]}: done here, and on its way to ${several(queued.length, 'destination')}`
  }

  return (
    <span class="buttons">
      {(isWhole ? offered : offered.slice(0, 1)).map((one) => (
        <button key={one} type="button" class="button little" onClick={() => setAction(one)}>
          {CALLED[one]}
        </button>
      ))}
      {action !== undefined && (
        <Confirm
          key={action}
          title={`${CALLED[action]} this alert?`}
          what="It is done here, and at every destination that has the alert."
          verb={CALLED[action]}
          reason={{ label: 'Text, for the alert’s history', needed: false }}
          act={(text) => attempt(() => act(action, text))}
          close={() => setAction(undefined)}
        />
      )}
    </span>
  )
}
