import type { Kind } from '../model/message.js'

/** What a lane keeps in order, in words. */
export interface LaneKey {
  readonly kind: Kind
  /** of the message at its head */
  readonly messageId: string
  /** the alert's id, a heartbeat's origin, a webhook's path */
  readonly subject: string
  /** undefined: it is about no alert that is known */
  readonly alert:
    | {
        readonly environment: string
        readonly resource: string
        readonly event: string
        readonly customer: string | null
      }
    | undefined
}

/** The oldest delivery of a lane, which all others of the lane wait for. */
export interface LaneHead extends LaneKey {
  /** epoch ms */
  readonly acceptedAt: number
  /** tries so far, with the one that is under way */
  readonly attempts: number
  readonly sending: boolean
  /** epoch ms; undefined: it has not failed yet */
  readonly notBefore: number | undefined
  /** of its last try */
  readonly status: number | null
  readonly note: string | null
}

/** Deliveries by age; `counts` has one more than there are limits: those older than the last. */
export interface QueueAges {
  readonly destination: string
  readonly counts: readonly number[]
}

export interface Lane extends LaneHead {
  /** deliveries in it */
  readonly rows: number
}

export interface QueueLanes {
  readonly lanes: number
  /** deliveries looked at; where these are not all, the rest came later */
  readonly rows: number
  readonly longest: readonly Lane[]
  /** by the age of their heads */
  readonly oldest: readonly Lane[]
}

/** What operators ask about queues. Each answers within the time of a few small reads, the event loop free in between. */
export interface QueueReads {
  /** The delivery that has waited the longest there; undefined: nothing is queued. */
  oldest(destination: string): Promise<LaneHead | undefined>
  /** `limits`: ages in ms, rising. The relay's own clock tells them; where it was set back they are about right. */
  ages(limits: readonly number[], now: number): Promise<readonly QueueAges[]>
  /** The lanes that have the most, and those that wait the longest; `most` of each. */
  lanes(destination: string, most: number): Promise<QueueLanes>
}
