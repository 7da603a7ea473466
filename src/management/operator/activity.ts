import { HTTPException } from 'hono/http-exception'
import { z } from 'zod'
import { unreachable } from '../../base/unreachable.js'
import { type FeedDeps, type FeedEvent, follow } from './activity-feed.js'
import type { Routes } from './routes.js'

const MOST_LAST = 1_000

const query = {
  destination: z.string().optional(),
  alert: z.string().min(1).optional(),
  message: z.string().optional(),
  level: z.enum(['debug', 'info', 'warn', 'error']).optional(),
  text: z.string().min(1).max(200).optional(),
  after: z.string().max(100).optional(),
  last: z.coerce.number().int().min(0).max(MOST_LAST).optional(),
  most: z.coerce.number().int().min(1).max(MOST_LAST).optional(),
}

/** What the relay does, while it does it, as server-sent events (HTML standard, 9.2). */
export function serveActivity({ events }: Routes, deps: FeedDeps): void {
  const readers = { socket: 0, http: 0 }
  events(
    {
      ...{ path: '/activity', command: 'tail', query },
      summary: 'What the relay does, as server-sent events that go on where Last-Event-ID or `after` says.',
      refusals: { 503: 'too many look on already' },
    },
    ({ query: { after, ...wanted }, lastEventId, signal, operator }) => {
      const by = operator.from === 'socket' ? 'socket' : 'http'
      if (readers[by] >= MOST_READERS[by]) throw tooMany(MOST_READERS[by])
      const until = deps.ending === undefined ? signal : AbortSignal.any([signal, deps.ending])
      return asText(follow(deps, { ...wanted, after: lastEventId ?? after }, until), by)
    },
  )

  async function* asText(
    batches: AsyncGenerator<readonly FeedEvent[]>,
    by: keyof typeof readers,
  ): AsyncGenerator<string> {
    readers[by] += 1
    try {
      for await (const batch of batches) yield batch.map(written).join('')
    } finally {
      readers[by] -= 1
    }
  }
}

/**
 * The operator socket takes 64 connections; half of them are left to those who want to do something. Over HTTP there are
 * limits.connections, 2000 by default, and senders need theirs.
 */
const MOST_READERS = { socket: 32, http: 300 }
const tooMany = (most: number) => new HTTPException(503, { message: `${most} look on already` })

function written(event: FeedEvent): string {
  switch (event.kind) {
    case 'happening':
      return `id: ${event.id}\ndata: ${event.data}\n\n`
    case 'gap':
      return `id: ${event.id}\nevent: gap\ndata: ${JSON.stringify({ missed: event.missed })}\n\n`
    case 'quiet':
      return `id: ${event.id}\nevent: quiet\ndata: {}\n\n`
    default:
      return unreachable(event)
  }
}
