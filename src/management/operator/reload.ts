import { z } from 'zod'
import type { Difference } from '../../config/difference.js'
import type { Problem } from '../../config/problem.js'
import type { Routes } from './routes.js'

export interface ReloadDeps {
  /** relay/reload.ts */
  readonly reload: () => Promise<
    | { readonly kind: 'reloaded'; readonly difference: Difference; readonly warnings: readonly Problem[] }
    | { readonly kind: 'refused'; readonly problems: readonly Problem[] }
  >
}

const problem = z.object({ path: z.string(), message: z.string(), line: z.int().optional() })
const names = z.array(z.string())

/** Reads the configuration file again. */
export function serveReload({ change }: Routes, { reload }: ReloadDeps): void {
  change(
    {
      method: 'post',
      path: '/reload',
      command: 'reload',
      summary:
        'Reads the configuration file again; new and changed destinations take effect, a wrong file changes nothing.',
      answer: {
        reloaded: z.boolean(),
        problems: z.array(problem),
        warnings: z.array(problem),
        added: names,
        changed: names,
        removed: names,
        sections: names,
        later: names,
      },
    },
    async ({ note }) => {
      const result = await reload()
      const nothing = { added: [], changed: [], removed: [], sections: [], later: [] }
      note({ reloaded: result.kind === 'reloaded' })
      return result.kind === 'refused'
        ? { reloaded: false, problems: result.problems, warnings: [], ...nothing }
        : { reloaded: true, problems: [], warnings: result.warnings, ...result.difference }
    },
  )
}
