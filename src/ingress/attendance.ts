import type { Verdict } from '../auth/verdict.js'
import type { Log } from '../base/log.js'
import type { Repeats } from '../base/repeats.js'
import type { Asking, Senders } from '../base/senders.js'
import { refusalOf } from './errors.js'

export interface AttendanceDeps {
  readonly senders: Pick<Senders, 'accepted' | 'refused'>
  readonly log: Log
  readonly repeats: Pick<Repeats, 'first'>
}

/** Whoever comes with a request, before he has signed in. */
export interface Visitor {
  readonly requestId: string
  readonly stranger: () => Asking
}

/** Runs a request, which tells as soon as it knows it who signed in. */
export type Attend = <T>(
  visitor: Visitor,
  what: 'write' | 'read',
  run: (signedIn: (verdict: Verdict, address: string) => void) => Promise<T>,
) => Promise<T>

/** Credentials that are wrong, missing, or may not do what they are used for. */
const NOT_LET_IN = new Set([401, 403])

/** Counts for each sender how its requests ended: of reads only those that were refused. */
export function createAttendance({ senders, log, repeats }: AttendanceDeps): Attend {
  return async ({ requestId, stranger }, what, run) => {
    let who: Asking | undefined
    try {
      const result = await run((verdict, address) => {
        who = verdict.ok ? { credential: verdict.principal.name, known: true, address } : undefined
      })
      if (what === 'write' && who !== undefined) senders.accepted(who)
      return result
    } catch (error) {
      const { status, message } = refusalOf(error as Error) ?? {
        status: 500,
        message: 'An internal error has occurred',
      }
      const asking = who ?? stranger()
      senders.refused(asking, status, message)
      if (NOT_LET_IN.has(status)) {
        const { credential, address: sender } = asking
        const facts = { request: requestId, credential, sender, status, why: message }
        // a browser without a session asks too, before it shows its login page
        const isTrying = what === 'write' || asking.known || credential !== 'none'
        const isNew = isTrying && repeats.first('credential refused', { credential, sender, status: String(status) })
        if (isNew) log.warn(facts, 'credential refused')
        else log.debug(facts, 'credential refused')
      }
      throw error
    }
  }
}
