import { z } from 'zod'
import type { Counters } from '../../base/counters.js'
import type { Routes } from './routes.js'

export interface CountersDeps {
  readonly counters: Pick<Counters, 'snapshot'>
}

/** What was counted since the start, by the names in docs/operations.md. */
export function serveCounters({ read }: Routes, { counters }: CountersDeps): void {
  read(
    {
      ...{ path: '/counters', command: 'status', summary: 'Everything that was counted since the start.' },
      answer: { counters: z.record(z.string(), z.number()) },
    },
    async () => ({ counters: counters.snapshot() }),
  )
}
