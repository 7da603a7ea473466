import type { Context } from 'hono'
import type { Wanted } from '../auth/scopes.js'
import type { Verdict } from '../auth/verdict.js'
import { LINK_TYPE } from '../model/link.js'
import { admit } from './admit.js'
import type { Visitor } from './attendance.js'
import type { Body } from './body.js'
import type { EntranceDeps, Visit } from './entrance.js'
import type { IngressEnv } from './env.js'
import type { Arriving, Origin } from './proxies.js'
import { diskNearlyFull, Refused } from './refused.js'
import { type Headed, toldBy } from './told-by.js'

/** Messages of one request come to the store one after the other, whatever each waits for before that. */
export interface Turn {
  /** Resolves when all before it have come there, or have been refused. */
  readonly come: Promise<void>
  done(): void
}

/** One of several writes that came in one request, with what it would have said by itself. */
export interface Part extends Pick<Visit, 'requestId' | 'urlId' | 'urlNoteId' | 'body' | 'turn'> {
  readonly method: string
  /** by names in lower case */
  readonly headers: Readonly<Record<string, string>>
}

/** A request that holds several writes, whose sender was let in. */
export interface Several {
  readonly body: Buffer
  /** Counts what the body grows to in memory. Throws Refused 503. */
  readonly hold: Body['hold']
  /** As Entrance.visit, for one of them. */
  visit<T>(part: Part, wanted: Wanted, work: (visit: Visit) => Promise<T>): Promise<T>
}

export interface SeveralDeps extends Pick<EntranceDeps, 'attend' | 'bodies' | 'origins' | 'clock' | 'room'> {
  readonly signIn: (c: Context<IngressEnv>, body: Body, origin: Origin) => Promise<Verdict>
  readonly visitorOf: (c: Context<IngressEnv>) => Visitor
  /** Throws Refused where a single write with such headers is refused. */
  readonly checkHeaders: (write: Pick<Part, 'method' | 'headers'>) => void
}

/** Lets in a request that holds several writes, of whoever may write alerts; all but the credential is asked of each. */
export function createSeveral(deps: SeveralDeps): (c: Context<IngressEnv>) => Promise<Several> {
  return (c) =>
    deps.attend(deps.visitorOf(c), 'read', async (signedIn) => {
      const since = deps.clock.monotonic()
      const { incoming, outgoing } = c.env
      if (incoming.headers['content-type'] !== LINK_TYPE) throw new Refused(415, `Content-Type must be ${LINK_TYPE}`)
      if (deps.room() === 'disk low') throw diskNearlyFull()
      const body = deps.bodies(incoming, outgoing)
      const origin = deps.origins(incoming)
      const verdict = await deps.signIn(c, body, origin)
      signedIn(verdict, origin.sender)
      const principal = admit(verdict, 'write:alerts')
      return {
        body: await body.read(),
        hold: body.hold,
        visit: (part, wanted, work) =>
          deps.attend({ requestId: part.requestId, stranger: nobody }, 'write', async (signedIn) => {
            const { sender } = deps.origins(seenThrough(incoming, part))
            signedIn(verdict, sender)
            deps.checkHeaders(part)
            admit(verdict, wanted)
            const { requestId, urlId, urlNoteId, turn } = part
            return work({
              requestId,
              principal,
              sender,
              since,
              urlId,
              urlNoteId,
              turn,
              parameters: () => new URLSearchParams(),
              body: part.method === 'DELETE' ? Buffer.alloc(0) : part.body,
              ...toldBy(part),
            })
          }),
      }
    })
}

/** Where a part of a request is from: proxies on the way have added to the headers of the whole only. */
function seenThrough(whole: Arriving, part: Headed): Arriving {
  if (part.headers['x-forwarded-for'] === undefined) return whole
  const { socket, headers } = whole
  const passed = [part.headers['x-forwarded-for'], headers['x-forwarded-for']].flat().filter(Boolean).join(', ')
  return { socket, headers: { ...headers, 'x-forwarded-for': passed } }
}

/** Its sender has signed in before anything can be wrong with a part. */
function nobody(): never {
  throw new Error('a part of a request has no sender of its own')
}
