import { unreachable } from '../base/unreachable.js'
import type { DestinationConfig } from '../config/destination.js'
import type { Hop } from '../model/hops.js'
import type { Identity } from '../model/identity.js'
import { concernsKnownAlert, type Kind } from '../model/message.js'
import type { Outcome } from '../model/outcome.js'
import type { Answer, Exchange } from './exchange.js'
import { judgeLoop } from './loop-answer.js'
import { toNote } from './note.js'
import { parseObject, readShape, type Shape } from './shape.js'
import { judgeStatus, suspend } from './status.js'

/** What was asked, as far as it bears on what the answer means. */
export interface Asked {
  readonly kind: DestinationConfig['kind']
  readonly accept: DestinationConfig['accept']
  readonly write: Kind
  readonly ours: ReadonlySet<Identity>
  /** the message's hops as it came to us */
  readonly sentHops: readonly Hop[]
  /** epoch ms */
  readonly now: number
  /** createRedactor of the destination's credential */
  readonly redact: (text: string) => string
}

/** The answer table of DESIGN §4: what one exchange means for its delivery. */
export function judge(exchange: Exchange, asked: Asked): Outcome {
  switch (exchange.kind) {
    case 'not sent':
      return { kind: 'retry', fault: 'destination', status: null, note: exchange.why }
    case 'unknown':
      return { kind: 'unknown', status: null, note: exchange.why }
    case 'answer':
      return asked.kind === 'http' ? judgeHttp(exchange, asked) : judgeAlerta(exchange, asked)
    default:
      return unreachable(exchange)
  }
}

/** Any HTTP system: only its status speaks, and no harmless request is known to ask it again. */
function judgeHttp(answer: Answer, asked: Asked): Outcome {
  const { status } = answer
  const note = `status ${status}`
  if (asked.accept.some((range) => range.from <= status && status <= range.to)) {
    return { kind: 'delivered', status, note }
  }
  const judged = judgeStatus(answer, asked, note)
  if (judged !== undefined) return judged.kind === 'suspend' ? { ...judged, probe: 'head' } : judged
  if (status === 403) return suspend(status, note, 'the credential may not write there', 'head')
  if (status >= 400 && status < 500) return judgeRefusal(status, note, asked.write)
  return suspend(status, note, '"accept" does not name this status', 'head')
}

function judgeAlerta(answer: Answer, asked: Asked): Outcome {
  const { status } = answer
  const shape = readShape(answer)
  const note = noteOf(answer, shape, asked.redact)
  // Alerta 9.1 answers 500 to a delete that meets its own loop.
  if (status === 500 && shape.kind === 'error' && isLoop(shape.message)) {
    return judgeLoop(status, shape.message, note, asked)
  }
  const judged = judgeStatus(answer, asked, note)
  if (judged !== undefined) return judged
  if (shape.kind === 'broken off') return { kind: 'unknown', status, note }
  if (shape.kind === 'ok' && status < 300) return judgeOk(status, shape, note, asked)
  // what a webhook's sender is told is for that sender (Slack's is no word of Alerta's): that it is JSON is enough
  if (asked.write === 'webhook' && status < 300 && isJson(answer)) return { kind: 'delivered', status, note }
  if (shape.kind === 'error' && status >= 400) return judgeError(status, shape.message, note, asked.write)
  return suspend(status, note, 'a proxy or login page seems to answer instead of Alerta: check the url', 'request')
}

function judgeOk(status: number, shape: Extract<Shape, { kind: 'ok' }>, note: string, asked: Asked): Outcome {
  const tellsId = asked.write !== 'webhook' || isLoop(shape.message)
  if (status === 202 && shape.id === undefined && tellsId) return judgeLoop(status, shape.message ?? '', note, asked)
  // The id of a 202 is a heartbeat's, or of an alert that a blackout kept out: nothing to act on later.
  if (status === 202) return { kind: 'delivered', status, note }
  if (asked.write === 'note') return { kind: 'delivered', status, note, ...(shape.id && { alias: shape.id }) }
  if (asked.write === 'webhook' || concernsKnownAlert(asked.write)) return { kind: 'delivered', status, note }
  if (shape.id === undefined) {
    return suspend(status, `${note} without an id`, 'Alerta answers an id: check the url', 'request')
  }
  return { kind: 'delivered', status, note, ...(asked.write === 'alert' ? { alias: shape.id } : {}) }
}

const isJson = ({ body }: Answer): boolean => body !== undefined && parseObject(body) !== undefined

const isLoop = (message = ''): boolean => /already processed by/i.test(message)

function judgeError(status: number, message: string, note: string, write: Kind): Outcome {
  // An alert's empty customer is its own fault; any other remark about customers is about our credential.
  if (status === 400 && /\bcustomer\b/i.test(message) && !/empty string/i.test(message)) {
    return suspend(status, note, 'to pass on customers the credential needs the scope admin:alerts', 'head')
  }
  if (status === 403 && /^Missing required scope/i.test(message)) return { kind: 'dead', cause: 'scope', status, note }
  if (status === 404 && write !== 'webhook' && /requested URL was not found/i.test(message)) {
    return suspend(status, note, 'there is no such endpoint below the url: check its path, often /api', 'request')
  }
  return judgeRefusal(status, note, write)
}

/** A 4xx about this one message. */
function judgeRefusal(status: number, note: string, write: Kind): Outcome {
  if (status === 404 && write === 'delete') return { kind: 'delivered', status, note: `already so: ${note}` }
  if (status === 404 && concernsKnownAlert(write)) return { kind: 'not found', alert: 'unknown', status, note }
  if (status === 409 && concernsKnownAlert(write)) return { kind: 'delivered', status, note: `not applicable: ${note}` }
  return { kind: 'dead', cause: 'rejected', status, note }
}

function noteOf(answer: Answer, shape: Shape, redact: (text: string) => string): string {
  switch (shape.kind) {
    case 'wrong':
      return toNote(redact(`answered ${answer.status} with ${shape.why}`))
    case 'broken off':
      return `the answer broke off after status ${answer.status}`
    case 'ok':
    case 'error':
      return toNote(redact(shape.message ?? '')) || `status ${answer.status}`
    default:
      return unreachable(shape)
  }
}
