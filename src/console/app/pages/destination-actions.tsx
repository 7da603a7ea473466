import { useState } from 'preact/hooks'
import type { ShownDestination } from '../../../management/console-look.js'
import { several } from '../format.js'
import { Confirm, type ConfirmProps } from '../parts/confirm.js'
import { ask, part } from '../relay-api.js'
import { session } from '../session.js'
import { attempt } from '../toasts.js'

type Action = 'hold' | 'release' | 'retry' | 'resync'

/** What an operator does with a destination; who may only look sees none of it. */
export function DestinationActions({ one }: { one: ShownDestination }) {
  const [action, setAction] = useState<Action>()
  if (session.value?.may.operate !== true || one.state === 'removed') return null
  const isStopped = one.state === 'held' || one.state === 'suspended'
  const close = () => setAction(undefined)
  return (
    <div class="buttons">
      {isStopped ? (
        <button type="button" class="button first" onClick={() => setAction('release')}>
          Release
        </button>
      ) : (
        <>
          <button type="button" class="button" onClick={() => setAction('retry')} disabled={one.queued === 0}>
            Retry now
          </button>
          <button type="button" class="button" onClick={() => setAction('hold')}>
            Hold
          </button>
        </>
      )}
      {one.kind !== 'http' && (
        <button type="button" class="button" onClick={() => setAction('resync')}>
          Resync
        </button>
      )}
      {action !== undefined && <Confirm key={action} {...confirmationOf(action, one)} close={close} />}
    </div>
  )
}

function confirmationOf(action: Action, { name, queued }: ShownDestination): Omit<ConfirmProps, 'close'> {
  const path = `destinations/${part(name)}`
  const waiting = several(queued, 'message')
  switch (action) {
    case 'hold':
      return {
        title: `Hold ${name}?`,
        what: 'Nothing more is sent there until it is released. What is queued waits, and grows no older.',
        verb: 'Hold',
        reason: { label: 'Reason, for those who come after you', needed: true },
        act: (reason) =>
          attempt(async () => {
            await ask(`${path}/hold`, { method: 'POST', body: { reason } })
            return `${name} is held: ${reason}`
          }),
      }
    case 'release':
      return {
        title: `Release ${name}?`,
        what: `${waiting} that wait are sent then, in their order.`,
        verb: 'Release',
        act: () =>
          attempt(async () => {
            await ask(`${path}/release`, { method: 'POST' })
            return `${name} is released`
          }),
      }
    case 'retry':
      return {
        title: `Try ${name} now?`,
        what: `${waiting} that wait for their next try are tried at once.`,
        verb: 'Retry now',
        act: () =>
          attempt(async () => {
            await ask(`${path}/retry`, { method: 'POST' })
            return `${name} is tried now`
          }),
      }
    case 'resync':
      return {
        title: `Resync ${name}?`,
        what: 'The relay reads what the destination has, and sends it what it lacks of the current alerts. It takes a while; senders notice nothing.',
        verb: 'Resync',
        act: () =>
          attempt(async () => {
            await ask(`resync/${part(name)}`, { method: 'POST', body: {} })
            return `the resync of ${name} has begun`
          }),
      }
  }
}
