import { z } from 'zod'
import { iso } from '../../base/clock.js'
import { everySeconds, type History, SPANS } from '../history.js'
import { known } from './asked.js'
import type { Routes } from './routes.js'

export interface HistoryDeps {
  readonly history: Pick<History, 'of'>
  readonly controls: ReadonlyMap<string, unknown>
}

const stretch = z.object({
  at: z.iso.datetime(),
  queued: z.int(),
  perSecond: z.number(),
  ms: z.number().nullable(),
  mostMs: z.number().nullable(),
})
export type ShownStretch = z.output<typeof stretch>

/** What was, for plots. */
export function serveHistory({ read }: Routes, { history, controls }: HistoryDeps): void {
  read(
    {
      ...{ path: '/history', command: 'status', refusals: { 404: 'there is no such destination' } },
      summary:
        'What a destination, or without one the relay, was like in the last hour or day: kept in memory, since the start.',
      query: {
        destination: z.string().optional(),
        span: z.enum(SPANS).default('1h'),
        after: z.iso.datetime().optional(),
      },
      answer: { everySeconds: z.int(), stretches: z.array(stretch) },
    },
    async ({ query: { destination, span, after } }) => {
      const name = destination === undefined ? undefined : known(destination, controls.keys())
      const from = after === undefined ? Number.NEGATIVE_INFINITY : Date.parse(after)
      const stretches = history.of(name, span).filter(({ at }) => at > from)
      return { everySeconds: everySeconds(span), stretches: stretches.map((one) => ({ ...one, at: iso(one.at) })) }
    },
  )
}
