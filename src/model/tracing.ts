import type { Ids } from './ids.js'
import type { Draft, Message } from './message.js'
import type { Outcome } from './outcome.js'
import { childOf, type TraceContext } from './trace-context.js'

/** Follows messages through the relay, for a tracing system where one is configured. */
export interface Tracing {
  /** A write was let in, so many ms ago; `offered`: its sender's. */
  receive(offered: TraceContext | undefined, agoMs: number): Receiving
  /** A delivery is tried. */
  attempt(tried: Tried): Trying
  close(): Promise<void>
}

export interface Tried {
  readonly destination: string
  readonly message: Message
  /** its number; undefined: it goes before one, to heal it */
  readonly attempt: number | undefined
}

export interface Receiving {
  /** with which the message goes on; undefined: with none */
  readonly trace: TraceContext | undefined
  /** It goes to the store now. */
  storing(): void
  /** What the store said of it, or that it could not: "accepted", "copy" … */
  end(draft: Draft, became: string): void
}

export interface Trying {
  /** that the destination is told; undefined: none */
  readonly trace: TraceContext | undefined
  end(outcome: Outcome): void
}

/** Without a tracing system: what comes with a message is passed on, with each try as a step of its own. */
export function passOn(ids: Pick<Ids, 'id'>): Tracing {
  return {
    receive: (offered) => ({ trace: offered, storing() {}, end() {} }),
    attempt: ({ message: { trace } }) => ({
      trace: trace && childOf(trace, spanIdFrom(ids)),
      end() {},
    }),
    async close() {},
  }
}

/** The second half of a UUID, which is never all zeros. */
const spanIdFrom = (ids: Pick<Ids, 'id'>): string => ids.id().replaceAll('-', '').slice(16)
