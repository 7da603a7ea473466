import type { AlertFields, AlertKey } from './alert.js'

export const TRENDS = ['moreSevere', 'noChange', 'lessSevere'] as const
export type Trend = (typeof TRENDS)[number]

/** One incarnation of an alert as the ledger sees it: Alerta's fields, `status` and `severity` being the current ones. */
export interface AlertState extends AlertFields {
  /** the first reception's */
  readonly id: string
  /** the status of the history entry before the newest, which Alerta's machine goes back to; "open" where there is none */
  readonly previousStatus: string
  readonly previousSeverity: string
  readonly trendIndication: Trend
  readonly duplicateCount: number
  readonly repeat: boolean
  /** epoch ms, as all times here */
  readonly receiveTime: number
  readonly lastReceiveId: string
  readonly lastReceiveTime: number
  readonly updateTime: number
  /** until when an ack or shelve holds; 0: for ever, or there is none */
  readonly statusUntil: number
  /** absent where the alert was not made by receptions, but learned from a peer */
  readonly trail?: Trail
}

/** What else Alerta's machine reads out of the history; kept beside it, for the history is bounded. */
export interface Trail {
  /** of the newest entry, seconds */
  readonly timeout: number | null
  /** the entry before the newest, before the newest ack, before the newest shelve; null: there is none */
  readonly before: Earlier | null
  readonly beforeAck: Earlier | null
  readonly beforeShelve: Earlier | null
  /** the newest entry is housekeeping's: nobody has said so */
  readonly ranOut?: true
}

/** What an action goes back to. */
export interface Earlier {
  readonly status: string
  /** seconds */
  readonly timeout: number | null
}

/** Alerta's words for what made a history entry (models/enums.py: ChangeType). */
export type ChangeType = 'new' | 'value' | 'severity' | 'status' | 'action' | (string & {})

/** One entry of an alert's history (alerta/models/history.py). */
export interface HistoryEntry {
  /** of the reception or of the alert */
  readonly id: string
  readonly event: string
  readonly severity: string
  readonly status: string
  readonly value: string | null
  readonly text: string
  readonly type: ChangeType
  /** epoch ms */
  readonly updateTime: number
  /** who signed in */
  readonly user: string
  /** seconds */
  readonly timeout: number | null
}

/** What somebody wrote about an alert (alerta/models/note.py). */
export interface Note {
  readonly id: string
  readonly text: string
  /** who signed in last */
  readonly user: string
  /** what the alert was then: resource, event, environment, severity, status; of one that was not known nothing */
  readonly attributes: Readonly<Record<string, string>>
  /** epoch ms */
  readonly createTime: number
  /** epoch ms; null: it is as it was written */
  readonly updateTime: number | null
  /** the alert's id */
  readonly alert: string
  readonly customer: string | null
}

/** What becomes of a note. */
export type Noted = { readonly kind: 'kept'; readonly note: Note } | { readonly kind: 'removed'; readonly id: string }

/** What an accepted message makes of the ledger's state of its alert. */
export interface Applied {
  readonly state: AlertState
  /** undefined: nothing worth an entry */
  readonly entry: HistoryEntry | undefined
  /** Severity, status or event are others than before, or there was nothing before; false: a repeat, a note. */
  readonly changed: boolean
  /** why Alerta's machine refuses the action; the state is as it was, the message is relayed all the same */
  readonly refused: string | undefined
  /** absent: none of them */
  readonly note?: Noted
  /** an operator brought a normal alert into its status, and knew that it is */
  readonly ofNormal?: true
  /** the status as it was told; absent: as it is in the state */
  readonly said?: string
}

/** The parts of an alert's state that a write set, in the view of the relay that accepted it first; none: it set nothing. */
export interface Became {
  readonly severity?: string
  readonly status?: string
  /** epoch ms since when this is the status, where a state is told that came about in parts; else the message's stamp */
  readonly statusStamp?: number
  /** the status is meant so although the severity is normal, as there it was known to be */
  readonly ofNormal?: true
}

/** Of a write the parts that nobody has set later, and what they meet. */
export interface StillTold extends Pick<Became, 'severity' | 'status'> {
  /** the status that stays, as it was told */
  readonly said?: string
  /** severity and status will be of different writes, and who set the status may not have known that it is normal */
  readonly mixed?: true
}

/** An alert as a peer's GET /alerts tells it. */
export interface PeerAlert extends AlertKey {
  readonly id: string
  readonly lastReceiveId: string
  readonly severity: string
  readonly status: string
  /** epoch ms */
  readonly lastReceiveTime: number
  /** newest first */
  readonly history: readonly PeerHistoryEntry[]
  /** as it came, to fill a ledger with */
  readonly alert: AlertFields
  /** what of it may be nested is nested too deep to be kept, and is left out of `alert` */
  readonly tooDeep?: true
}

export interface PeerHistoryEntry {
  readonly id: string
  readonly type: string
  readonly text: string
  readonly status: string
  /** epoch ms */
  readonly updateTime: number
}

/** What a repeat that was folded leaves to the one that goes out instead. */
export interface Carried {
  readonly tags: readonly string[]
  readonly attributes: Readonly<Record<string, unknown>>
}

/** The actions whose whole effect is in the alert's state; any other may do something of its own at a peer. */
export const STATE_ACTIONS: ReadonlySet<string> = new Set([
  'open',
  'assign',
  'ack',
  'unack',
  'shelve',
  'unshelve',
  'close',
  'expired',
  'timeout',
])

/** Those of them whose result depends on what was before. */
export const RESTORING_ACTIONS: ReadonlySet<string> = new Set(['open', 'unack', 'unshelve', 'timeout'])
