import { z } from 'zod'
import { type Clock, iso } from '../../base/clock.js'
import { duration } from '../../config/fields.js'
import { AUDIT_RESULTS, type Audit } from '../../store/audit.js'
import type { Routes } from './routes.js'

export interface AuditDeps {
  readonly store: { readonly audit: Pick<Audit, 'list'> }
  readonly clock: Pick<Clock, 'now'>
}

const MOST = 10_000

const audited = z.object({
  n: z.int(),
  at: z.iso.datetime(),
  who: z.string(),
  from: z.string(),
  command: z.string(),
  fields: z.record(z.string(), z.unknown()),
  result: z.enum(AUDIT_RESULTS),
  why: z.string().nullable(),
})

/** Who changed what. */
export function serveAudit({ read }: Routes, { store, clock }: AuditDeps): void {
  read(
    {
      ...{ path: '/audit', command: 'audit', scope: 'admin:management' },
      summary: 'Who changed what, and what came of it; the newest `limit` that fit, oldest first.',
      query: {
        since: duration.optional(),
        who: z.string().min(1).optional(),
        command: z.string().min(1).optional(),
        limit: z.coerce.number().int().min(1).max(MOST).default(1_000),
      },
      answer: { audit: z.array(audited) },
    },
    async ({ query: { since, who, command, limit } }) => {
      const from = since === undefined ? null : clock.now() - since
      const found = await store.audit.list({ since: from, who: who ?? null, command: command ?? null, limit })
      return { audit: found.map(({ at, ...one }) => ({ ...one, at: iso(at) })) }
    },
  )
}
