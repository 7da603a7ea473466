import type { Dispatcher } from 'undici'
import { ANSWER_HEADERS, type Answer, type AnswerHeaders, type Exchange } from './exchange.js'
import { describe } from './failure.js'
import type { Reading } from './reading.js'

export interface Receiver {
  readonly handler: Dispatcher.DispatchHandler
  readonly exchange: Promise<Exchange>
  /** Ends the request now, for the given reason; `unsent` says it better where nothing of it has left yet. */
  stop(code: string, why: string, unsent?: string): void
}

/**
 * Watches one request from inside undici, because only there it shows whether it left: before `onRequestStart` not a
 * byte was written, afterwards the peer may have executed it. `onHead` tells that the status has come.
 */
export function createReceiver(reading: Reading, onHead: () => void): Receiver {
  let settle: (exchange: Exchange) => void
  const exchange = new Promise<Exchange>((resolve) => {
    settle = resolve
  })
  let ended = false
  let started: Dispatcher.DispatchController | undefined
  let head: Pick<Answer, 'status' | 'headers'> | undefined

  const finish = (result: Exchange): void => {
    ended = true
    settle(result)
  }
  const answer = (body: Pick<Answer, 'body' | 'oversized'>): void => {
    if (head !== undefined) finish({ kind: 'answer', ...head, ...body })
  }
  // A status that came counts even where its body broke off: some mean the same without one.
  const fail = (code: string, why: string): void => {
    if (head !== undefined) answer({ body: undefined, oversized: false })
    else finish(started === undefined ? { kind: 'not sent', code, why } : { kind: 'unknown', why })
  }

  return {
    exchange,
    stop(code, why, unsent = why) {
      if (ended) return
      fail(code, started === undefined ? unsent : why)
      started?.abort(new Error(why))
    },
    handler: {
      onRequestStart(controller) {
        if (ended) return controller.abort(new Error('ended before it was sent'))
        started = controller
      },
      onResponseStart(_controller, status, headers) {
        if (status < 200) return
        head = { status, headers: pick(headers) }
        onHead()
      },
      onResponseData(controller, chunk) {
        if (ended || reading.push(chunk)) return
        answer(reading.end())
        controller.abort(new Error('answer too long'))
      },
      onResponseEnd() {
        if (!ended) answer(reading.end())
      },
      onResponseError(_controller, error) {
        if (ended) return
        const { code, why } = describe(error)
        fail(code, why)
      },
    },
  }
}

function pick(headers: Record<string, string | string[] | undefined>): AnswerHeaders {
  const picked: Record<string, string> = {}
  for (const name of ANSWER_HEADERS) {
    const value = headers[name]
    if (value !== undefined) picked[name] = Array.isArray(value) ? (value[0] as string) : value
  }
  return picked
}
