import type { AuditFile } from '../../base/audit-file.js'
import { type Clock, iso } from '../../base/clock.js'
import type { Log } from '../../base/log.js'
import type { Audit, AuditEntry, AuditResult } from '../../store/audit.js'
import { StoreUnavailable } from '../../store/contract.js'

/** A change, and who makes it. */
export interface Change {
  readonly command: string
  /** `name`: a credential's, as logs name it; `from`: an address */
  readonly operator: { readonly name: string; readonly from: string }
  /** what is asked for; no secrets */
  readonly fields: object
}

/** Runs a change and writes down who made it and what came of it; `note` adds to that. */
export type RecordChange = <T>(change: Change, work: (note: (fields: object) => void) => Promise<T>) => Promise<T>

export interface TrailDeps {
  readonly audit: Pick<Audit, 'begin' | 'end'>
  /** undefined: none is configured */
  readonly file: Pick<AuditFile, 'write'> | undefined
  readonly clock: Pick<Clock, 'now'>
  readonly log: Log
}

/** Longer values say nothing more to whoever reads an audit; a queue may be imported through it. */
const LONGEST_VALUE = 1_000

/**
 * Every change is in the database before it is made, so that a relay that ends meanwhile has said who began it. Where
 * the database cannot be written, a change goes on, for then operators are needed most: log and file have it.
 */
export function createTrail({ audit, file, clock, log }: TrailDeps): RecordChange {
  async function begin(entry: AuditEntry): Promise<number | undefined> {
    try {
      return await audit.begin(entry)
    } catch (error) {
      return notWritten(error, entry)
    }
  }

  async function end(n: number | undefined, entry: AuditEntry, result: Result, why: string | null): Promise<void> {
    const { at, fields, ...by } = entry
    try {
      file?.write({ time: iso(at), ...by, fields, result, ...(why === null ? {} : { why }) })
    } catch (error) {
      notWritten(error, entry)
    }
    // by itself, for the file is the record where the database cannot be written
    try {
      if (n !== undefined) await audit.end(n, result, why, fields)
    } catch (error) {
      notWritten(error, entry)
    }
    const { command, who: credential, from: sender } = entry
    // a line of the log has a level of its own
    const { level: logLevel, ...asked } = fields as Readonly<Record<string, unknown>>
    const said = { ...asked, ...(logLevel === undefined ? {} : { logLevel }), command, credential, sender }
    if (result === 'done') log.info(said, 'operator command')
    else log.warn({ ...said, why }, 'operator command not done')
  }

  function notWritten(error: unknown, { command, who }: AuditEntry): undefined {
    // whatever it was: the change must not fail for the sake of its record
    log.error({ error: (error as Error).message, command, credential: who }, 'audit not written')
  }

  return async ({ command, operator, fields }, work) => {
    const entry = { at: clock.now(), who: operator.name, from: operator.from, command, fields: short(fields) }
    const n = await begin(entry)
    let noted: object = {}
    const whole = (): AuditEntry => ({ ...entry, fields: short({ ...fields, ...noted }) })
    try {
      const result = await work((more) => {
        noted = { ...noted, ...more }
      })
      await end(n, whole(), 'done', null)
      return result
    } catch (error) {
      const refusal = refusalOf(error)
      await end(n, whole(), refusal === undefined ? 'failed' : 'refused', refusal ?? reasonOf(error))
      throw error
    }
  }
}

type Result = Exclude<AuditResult, 'begun'>

/** Errors that stand for an answer carry its status, whatever room they come from. */
const refusalOf = (error: unknown): string | undefined =>
  error instanceof Error && 'status' in error && Number(error.status) < 500 ? error.message : undefined

const reasonOf = (error: unknown): string =>
  error instanceof StoreUnavailable ? error.message : 'an internal error, see the log'

const short = (fields: object): AuditEntry['fields'] =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      const text = JSON.stringify(value) ?? ''
      return [name, text.length <= LONGEST_VALUE ? value : `${text.length} characters`]
    }),
  )
