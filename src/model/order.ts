import { createHash } from 'node:crypto'
import type { AlertKey } from './alert.js'
import type { Ordering } from './destination.js'

/** A lane's number: 48 bits of its order key's digest. Two keys that meet in one lane only wait for each other. */
export type Lane = number & { readonly brand: 'Lane' }

export const alertLane = (alert: AlertKey, orderBy: Ordering): Lane =>
  orderBy === 'resource'
    ? lane('resource', alert.environment, alert.resource, alert.customer ?? '')
    : lane('alert', alert.environment, alert.resource, alert.event, alert.customer ?? '')

/** Actions and deletes about an id that nobody has told us of keep their order among themselves. */
export const unknownIdLane = (alertId: string): Lane => lane('id', alertId)

export const heartbeatLane = (origin: string, customer: string | null): Lane =>
  lane('heartbeat', origin, customer ?? '')

/** Those of one sender, which are told apart by what they call. */
export const webhookLane = (path: string): Lane => lane('webhook', path)

const LANE_BYTES = 6

function lane(...key: string[]): Lane {
  return createHash('sha1').update(JSON.stringify(key)).digest().readUIntBE(0, LANE_BYTES) as Lane
}
