import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { Counters } from '../base/counters.js'
import type { Log } from '../base/log.js'
import type { Repeats } from '../base/repeats.js'
import { StoreUnavailable } from '../store/contract.js'
import type { IngressEnv } from './env.js'
import { Refused, unavailable } from './refused.js'

/** A failing disk or a full one does not heal within a second, and senders must not hammer meanwhile. */
const STORE_RETRY_S = 5

/** Alerta's shape of every error. */
export const errorBody = (status: number, message: string, requestId: string | null) => ({
  status: 'error',
  message,
  code: status,
  errors: null,
  requestId,
})

/** An error as it goes out. */
export interface ErrorAnswer {
  readonly status: Refused['status']
  readonly headers: Readonly<Record<string, string>>
  readonly body: ReturnType<typeof errorBody>
}
/** Logs and counts an error, and says what it is answered with. */
export type TellError = (error: Error, requestId: string) => ErrorAnswer

/** The one place where errors become answers. Refusals are what a sender did; anything unknown is a bug and says nothing. */
export function createTellError({
  log,
  counters,
  repeats,
}: {
  readonly log: Log
  readonly counters: Counters
  readonly repeats: Pick<Repeats, 'first'>
}): TellError {
  return (error, request) => {
    const refused = refusalOf(error)
    if (refused === undefined) {
      log.error({ request, err: { message: error.message, stack: error.stack } }, 'request failed')
      return { status: 500, headers: {}, body: errorBody(500, 'An internal error has occurred', request) }
    }
    counters.add('request refused', String(refused.status))
    if (error instanceof StoreUnavailable) {
      // every sender hears of it, one line is enough
      if (repeats.first('store unavailable', { error: error.message })) {
        log.error({ request, error: error.message }, 'store unavailable')
      } else log.debug({ request, error: error.message }, 'store unavailable')
    } else log.debug({ request, status: refused.status, why: refused.message }, 'request refused')
    const { status, headers, message } = refused
    return { status, headers, body: errorBody(status, message, request) }
  }
}

export const errorAnswer =
  (tell: TellError) =>
  (error: Error, c: Context<IngressEnv>): Response => {
    const { status, headers, body } = tell(error, c.get('requestId'))
    for (const [name, value] of Object.entries(headers)) c.header(name, value)
    return c.json(body, status)
  }

/** Undefined: a bug. */
export function refusalOf(error: Error): Refused | undefined {
  if (error instanceof Refused) return error
  if (error instanceof StoreUnavailable) return unavailable('The store cannot take messages now', STORE_RETRY_S)
  if (error instanceof HTTPException) return new Refused(error.status, error.message)
  return undefined
}
