import { concernsKnownAlert, type Kind } from '../model/message.js'
import type { Outcome, Probe } from '../model/outcome.js'
import type { Answer } from './exchange.js'
import { toNote } from './note.js'
import { retryAfterMs } from './retry-after.js'

/** Too early, too many, not now: the destination works, and says when to come again. */
const BUSY = new Set([408, 425, 429, 503])
export const isBusy = (status: number): boolean => BUSY.has(status)
/** Too long a body, address or header: nobody will ever take this message, whoever says so (often nginx, in HTML). */
const TOO_LARGE = new Set([413, 414, 431])

export const suspend = (status: number, note: string, hint: string, probe: Probe): Outcome => ({
  kind: 'suspend',
  status,
  note,
  hint,
  probe,
})

/**
 * The statuses that mean the same in any shape, for proxies answer them in HTML; undefined: it needs the body.
 * Where a harmless GET would be answered well although the write is not (405, 415), the probe is the head itself. What a webhook is answered is about that webhook.
 */
export function judgeStatus(
  answer: Answer,
  { write, now, redact }: { readonly write: Kind; readonly now: number; readonly redact: (text: string) => string },
  note: string,
): Outcome | undefined {
  const { status, headers } = answer
  if (isBusy(status)) {
    const afterMs = retryAfterMs(headers, now)
    return { kind: 'retry', fault: 'busy', status, note, ...(afterMs === undefined ? {} : { afterMs }) }
  }
  if (status >= 500) return { kind: 'retry', fault: 'destination', status, note }
  if (status >= 300 && status < 400) return suspend(status, note, redirectHint(headers.location, redact), 'request')
  if (TOO_LARGE.has(status)) return { kind: 'dead', cause: 'rejected', status, note }
  switch (status) {
    case 401:
      if (/timestamp/i.test(note)) return suspend(status, note, 'the clocks of the two servers differ', 'request')
      return suspend(
        status,
        note,
        'the credential is wrong or has expired; Alerta ends API keys after a year',
        'request',
      )
    case 407:
      return suspend(status, note, 'a proxy on the way wants a credential', 'request')
    case 410:
      return suspend(status, note, 'the destination says it is gone for good: check the url', 'request')
    case 405:
      if (write === 'webhook') return undefined
      return suspend(status, note, 'the url takes no such writes: check its path, or a proxy in front', 'head')
    case 415:
      if (write === 'webhook') return undefined
      return suspend(status, note, 'the url takes no JSON: check its path, or a proxy in front', 'head')
    case 404:
      if (write === 'webhook' || concernsKnownAlert(write)) return undefined
      return suspend(status, note, 'there is no such endpoint below the url: check its path, often /api', 'request')
    default:
      return undefined
  }
}

/** Without query and fragment: login redirects carry tokens there. */
function redirectHint(location: string | undefined, redact: (text: string) => string): string {
  if (location === undefined) return 'it redirects, which no write may follow: set the final url'
  return `it redirects to ${toNote(redact(location.replace(/[?#].*$/s, '')))}, which no write may follow: set the final url`
}
