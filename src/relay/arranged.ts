import type { Log } from '../base/log.js'
import { unreachable } from '../base/unreachable.js'
import type { Arranged } from '../store/arranged.js'

/** Tells operators what became of a destination because the configuration is another one. */
export function tellArranged(arranged: Arranged, log: Log): void {
  const { kind, ...fields } = arranged
  switch (kind) {
    case 'renamed':
      return log.warn(fields, 'destination renamed')
    case 'another server':
      return log.warn(fields, 'another server under the same name, its ids are forgotten: resync it')
    case 'put back':
      return log.warn(fields, 'destination is back in the configuration, and released')
    case 'removed':
      return log.warn(fields, 'deliveries wait for a destination that is not configured')
    default:
      return unreachable(kind)
  }
}
