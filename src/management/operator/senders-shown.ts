import { iso } from '../../base/clock.js'
import type { Rates } from '../../base/rates.js'
import type { Senders } from '../../base/senders.js'

export interface SendersShownDeps {
  readonly senders: Pick<Senders, 'all'>
  /** of what each sender had accepted, by its key */
  readonly sending: Pick<Rates, 'perSecond'>
}

export type ShownSender = ReturnType<typeof sendersShown>[number]

/** Who sends, the one heard of last first. */
export function sendersShown({ senders, sending }: SendersShownDeps) {
  const perSecond = sending.perSecond()
  return senders.all().map(({ key, lastAt, lastError, ...one }) => ({
    ...one,
    acceptedPerSecond: perSecond(key),
    last: iso(lastAt),
    lastError:
      lastError === undefined ? null : { at: iso(lastError.at), httpStatus: lastError.status, why: lastError.why },
  }))
}
