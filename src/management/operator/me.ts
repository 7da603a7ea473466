import { z } from 'zod'
import type { Routes } from './routes.js'

/** Who asks, and what they may do: a page hides what would be refused. */
export function serveMe({ read }: Routes): void {
  read(
    {
      ...{ path: '/me', command: 'status', summary: 'By which name the credential is known, and what it may do.' },
      answer: { name: z.string(), may: z.object({ operate: z.boolean(), act: z.boolean() }) },
    },
    async ({ operator }) => ({
      name: operator.name,
      may: { operate: operator.allows('admin:management'), act: operator.allows('write:alerts') },
    }),
  )
}
