import { HTTPException } from 'hono/http-exception'
import { z } from 'zod'
import type { Pulse } from '../pulse.js'
import type { Routes } from './routes.js'

export interface PulseRouteDeps {
  readonly pulse: Pick<Pulse, 'follow' | 'readers'>
}

/** Each takes a connection and a few KB; limits.connections are 2000 by default, and senders need theirs. */
const MOST_READERS = 500

/** How the relay is, told again where it changes: what the web console draws its map of. */
export function servePulse({ events }: Routes, { pulse }: PulseRouteDeps): void {
  events(
    {
      ...{ path: '/pulse', command: 'status', query: { after: z.string().max(100).optional() } },
      summary:
        'The relay, its senders, its destinations and what relays beyond tell of theirs, as server-sent events: all of it, then what changes.',
      refusals: { 503: 'too many look on already' },
    },
    ({ query, lastEventId, signal }) => {
      if (pulse.readers() >= MOST_READERS) throw new HTTPException(503, { message: `${MOST_READERS} look on already` })
      return pulse.follow(lastEventId ?? query.after, signal)
    },
  )
}
