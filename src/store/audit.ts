/** What an operator changed, or tried to. */
export interface AuditEntry {
  /** epoch ms */
  readonly at: number
  /** a credential by its name, or who opened the operator socket */
  readonly who: string
  /** an address; "socket" */
  readonly from: string
  readonly command: string
  /** what was asked for and what came of it; no secrets */
  readonly fields: Readonly<Record<string, unknown>>
}

export const AUDIT_RESULTS = ['begun', 'done', 'refused', 'failed'] as const
/** `begun`: the relay ended before it said what came of it. */
export type AuditResult = (typeof AUDIT_RESULTS)[number]

export interface Audited extends AuditEntry {
  readonly n: number
  readonly result: AuditResult
  /** why it was refused or failed */
  readonly why: string | null
}

export interface AuditQuery {
  /** epoch ms; null: whenever */
  readonly since: number | null
  /** part of the name; null: anybody */
  readonly who: string | null
  /** the first words of it; null: any */
  readonly command: string | null
  readonly limit: number
}

/** Who changed what, in the order in which it was begun; kept for retention.audit. Writes reject with StoreUnavailable. */
export interface Audit {
  /** Before the change: its number. */
  begin(entry: AuditEntry): Promise<number>
  /** After it. */
  end(n: number, result: Exclude<AuditResult, 'begun'>, why: string | null, fields: AuditEntry['fields']): Promise<void>
  /** The newest `limit` that fit, oldest first. */
  list(query: AuditQuery): Promise<readonly Audited[]>
}
