import { isNormal, type Severities } from '../model/alert.js'
import { trendOf } from './trend.js'

/** The alert as the machine looks at it (alerta/models/alarms/alerta.py, 9.1.0). */
export interface Situation {
  /** of the newest history entry; "open" for an alert that is new */
  readonly status: string
  /** of the history entry that the action goes back to */
  readonly previousStatus: string
  readonly severity: string
  readonly previousSeverity: string
}

export type Move =
  | { readonly kind: 'moved'; readonly severity: string; readonly status: string }
  | { readonly kind: 'refused'; readonly why: string }

const DEFAULT_STATUS = 'open'

/**
 * The status after a reception: `sent` is the status in it. An "open" there says nothing, for it is the default; any other
 * was meant, and is kept unless the severity closes the alert.
 */
export function receive(now: Situation, sent: string, severities: Severities): string {
  if (sent !== DEFAULT_STATUS) return isNormal(now.severity, severities) ? 'closed' : sent
  const { status, previousStatus } = now
  if (status === 'ack' && hasWorsened(now, severities)) return 'open'
  if (status === 'blackout') return previousStatus === 'blackout' ? sent : previousStatus
  if (isNormal(now.severity, severities)) return 'closed'
  if (status === 'closed') return reopened(previousStatus)
  return status === 'expired' ? 'open' : status
}

/** What an operator's action makes of status and severity. The rules stand in Alerta's order: the first that fits decides. */
export function act(now: Situation, action: string, severities: Severities): Move {
  switch (action) {
    case 'unack':
      return now.status === 'ack' ? to(now, now.previousStatus) : unfit(now, action)
    case 'unshelve':
      return now.status === 'shelved' ? to(now, now.previousStatus) : unfit(now, action)
    case 'expired':
      return to(now, 'expired')
    case 'timeout':
      return to(now, now.previousStatus === 'ack' ? 'ack' : 'open')
    case 'open':
    case 'assign':
    case 'ack':
    case 'shelve':
    case 'close':
      return operate(now, action, severities)
    default:
      return to(now, now.status) // a name of the site's own: noted, and nothing else
  }
}

type Operation = 'open' | 'assign' | 'ack' | 'shelve' | 'close'

/** What the statuses with rules of their own make of it; all others only of the severity. */
function operate(now: Situation, action: Operation, severities: Severities): Move {
  switch (now.status) {
    case 'open':
    case 'ack':
    case 'shelved':
      return operateWhileActive(now, action, severities)
    case 'blackout':
      if (action === 'close') return closed(severities)
      return to(now, now.previousStatus === 'blackout' ? now.status : now.previousStatus)
    case 'closed':
      return operateOnClosed(now, action, severities)
    case 'expired':
      if (isNormal(now.severity, severities)) return closed(severities)
      return action === 'open' ? to(now, 'open') : unfit(now, action)
    default:
      return unlessNormal(now, severities)
  }
}

const STATUS_AFTER: Readonly<Partial<Record<Operation, string>>> = { open: 'open', ack: 'ack', shelve: 'shelved' }

function operateWhileActive(now: Situation, action: Operation, severities: Severities): Move {
  if (action === 'close') return closed(severities)
  const status = STATUS_AFTER[action]
  if (status !== undefined) {
    if (status === now.status) return already(now)
    return now.status === 'shelved' && status === 'ack' ? unfit(now, action) : to(now, status)
  }
  // assign has no rule of its own, so that the one for receptions applies
  if (now.status === 'ack' && hasWorsened(now, severities)) return to(now, 'open')
  return unlessNormal(now, severities)
}

function operateOnClosed(now: Situation, action: Operation, severities: Severities): Move {
  switch (action) {
    case 'open':
      return { kind: 'moved', severity: now.previousSeverity, status: 'open' }
    case 'ack':
    case 'shelve':
      return unfit(now, action)
    case 'close':
      return already(now)
    case 'assign':
      if (isNormal(now.severity, severities)) return closed(severities)
      return { kind: 'moved', severity: now.previousSeverity, status: reopened(now.previousStatus) }
  }
}

const reopened = (previousStatus: string): string => (previousStatus === 'shelved' ? 'shelved' : 'open')

/** An ack is for a severity: it does not cover a worse one. Against the default nothing counts as worse. */
const hasWorsened = ({ severity, previousSeverity }: Situation, severities: Severities): boolean =>
  previousSeverity !== severities.previousSeverity && trendOf(previousSeverity, severity, severities) === 'moreSevere'

const unlessNormal = (now: Situation, severities: Severities): Move =>
  isNormal(now.severity, severities) ? closed(severities) : to(now, now.status)

const to = ({ severity }: Situation, status: string): Move => ({ kind: 'moved', severity, status })

const closed = (severities: Severities): Move => ({
  kind: 'moved',
  severity: severities.normalSeverity,
  status: 'closed',
})

const already = ({ status }: Situation): Move => ({ kind: 'refused', why: `the status is ${status} already` })

const unfit = ({ status }: Situation, action: string): Move => ({
  kind: 'refused',
  why: `an alert in status ${status} cannot take the action ${action}`,
})
