import { z } from 'zod'
import { iso } from '../../base/clock.js'
import type { Counters } from '../../base/counters.js'
import type { Suppressed } from '../suppressed.js'
import type { Routes } from './routes.js'

export interface SuppressedDeps {
  readonly suppressed: Pick<Suppressed, 'list'>
  readonly counters: Pick<Counters, 'snapshot'>
  /** our name in X-Alerta-Loop */
  readonly baseUrl: string
}

const text = z.string().nullable()
const suppressedSchema = z.object({
  at: z.iso.datetime(),
  why: z.string(),
  kind: text,
  message: text,
  alert: text,
  credential: text,
  sender: text,
  /** the servers that it had passed, oldest first */
  hops: z.array(z.string()),
  /** of a loop: as which of them it was here before */
  hop: text,
})
export type ShownSuppressed = z.output<typeof suppressedSchema>

/** What came a second time, and by which way. */
export function serveSuppressed({ read }: Routes, { suppressed, counters, baseUrl }: SuppressedDeps): void {
  read(
    {
      ...{ path: '/suppressed', command: 'tail' },
      summary: 'The newest loops and copies with the way they came, and how many there were since the start.',
      answer: { relay: z.string(), counts: z.record(z.string(), z.int()), suppressed: z.array(suppressedSchema) },
    },
    async () => ({
      relay: baseUrl,
      counts: Object.fromEntries(
        Object.entries(counters.snapshot()).flatMap(([name, count]) =>
          name.startsWith('suppressed.') ? [[name.slice('suppressed.'.length), count]] : [],
        ),
      ),
      suppressed: suppressed.list().map(({ at, fields }) => ({
        at: iso(at),
        why: textOf(fields.why) ?? '',
        kind: textOf(fields.kind),
        message: textOf(fields.message),
        alert: textOf(fields.alert),
        credential: textOf(fields.credential),
        sender: textOf(fields.sender),
        hops: Array.isArray(fields.hops) ? fields.hops.map(String) : [],
        hop: textOf(fields.hop),
      })),
    }),
  )
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)
