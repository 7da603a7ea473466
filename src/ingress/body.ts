import type { IncomingMessage, ServerResponse } from 'node:http'
import { Refused, unavailable } from './refused.js'

/** Bodies are read within a second or so: a sender that comes back then finds room. */
const CROWDED_RETRY_S = 1

export interface BodyLimits {
  /** bytes of one body */
  readonly body: number
  /** bytes of all bodies whose answer is not out yet: an answer repeats its body, and a sender may not read it */
  readonly bodies_in_flight: number
}

/** The body of one request: read at most once, counted until its answer is out or the connection is gone. */
export interface Body {
  /** whether there is one, by the headers */
  readonly present: boolean
  /** Throws Refused 413, 503 or 400. An absent body is empty. */
  read(): Promise<Buffer>
  /** Counts what its bytes grow to in memory as well. Throws Refused 503. */
  hold(bytes: number): void
}

/** `outgoing` tells when the answer is out. */
export type Bodies = (incoming: IncomingMessage, outgoing: ServerResponse) => Body

/** Reads bodies by hand: hono's own ways leave the fast path, and its limit does not know of other requests. */
export function createBodies(limits: BodyLimits): Bodies {
  let inFlight = 0

  return (incoming, outgoing) => {
    let counted = 0
    let reading: Promise<Buffer> | undefined
    const declared = Number(incoming.headers['content-length'] ?? 0)
    const present = declared > 0 || incoming.headers['transfer-encoding'] !== undefined

    /** Only bytes that have come count, so that a sender cannot reserve room by announcing a big body. */
    const count = (bytes: number): Refused | undefined => {
      counted += bytes
      inFlight += bytes
      return refusal(counted, inFlight)
    }
    const refusal = (own: number, all: number): Refused | undefined => {
      if (own > limits.body) return new Refused(413, `Request body is larger than ${limits.body} bytes`)
      return crowded(all)
    }
    const crowded = (all: number): Refused | undefined =>
      all > limits.bodies_in_flight ? unavailable('Too many request bodies at once', CROWDED_RETRY_S) : undefined
    const release = (): void => {
      inFlight -= counted
      counted = 0
    }
    const start = async (): Promise<Buffer> => {
      const refused = refusal(declared, inFlight + declared)
      if (refused !== undefined) throw refused
      outgoing.once('close', release)
      return present ? collect(incoming, count) : Buffer.alloc(0)
    }

    return {
      present,
      read: () => (reading ??= start()),
      hold(bytes) {
        const refused = crowded(inFlight + bytes)
        if (refused !== undefined) throw refused
        counted += bytes
        inFlight += bytes
      },
    }
  }
}

/** Listens instead of iterating: leaving an iteration early would destroy the socket before the answer is out. */
function collect(incoming: IncomingMessage, count: (bytes: number) => Refused | undefined): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const onData = (chunk: Buffer) => {
      chunks.push(chunk)
      const refused = count(chunk.length)
      if (refused !== undefined) settle(() => reject(refused))
    }
    const onEnd = () => settle(() => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)))
    const onCut = () => settle(() => reject(new Refused(400, 'Request body ended early')))
    const settle = (finish: () => void) => {
      incoming.off('data', onData).off('end', onEnd).off('error', onCut).off('close', onCut)
      finish()
    }
    incoming.on('data', onData).on('end', onEnd).on('error', onCut).on('close', onCut)
    if (incoming.destroyed) onCut()
  })
}
