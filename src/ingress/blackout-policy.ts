import type { Config } from '../config/schema.js'
import type { AlertFields } from '../model/alert.js'
import type { Blackouts } from '../store/blackouts.js'

/**
 * What a blackout makes of an alert: `suppress`, it is neither kept nor passed on; `note`, it is kept with the status
 * "blackout" and not passed on. Undefined: none covers it.
 */
export type BlackoutPolicy = (alert: AlertFields) => Promise<'suppress' | 'note' | undefined> | undefined

/** As Alerta's blackout plugin, whose forwarder stands behind it (alerta/plugins/blackout.py, utils/api.py; 9.1.0). */
export function createBlackoutPolicy(
  { enabled, notification, accept }: Config['blackouts'],
  blackouts: Pick<Blackouts, 'covers'>,
): BlackoutPolicy {
  return (alert) => {
    if (!enabled || (!notification && accept.includes(alert.severity))) return undefined
    return blackouts.covers(alert).then((covered) => (covered ? (notification ? 'note' : 'suppress') : undefined))
  }
}
