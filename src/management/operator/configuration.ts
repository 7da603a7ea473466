import { z } from 'zod'
import { type Clock, iso } from '../../base/clock.js'
import type { Problem } from '../../config/problem.js'
import type { Routes } from './routes.js'

/** A finding about a destination (egress/findings.ts). */
export interface Found {
  readonly destination: string
  readonly level: 'ok' | 'warn' | 'fail'
  readonly text: string
}

export interface ConfigurationDeps {
  /** the configuration in force as the file would say it, every key written out, secrets hidden */
  readonly described: () => string
  /** reads the file as it is now, and changes nothing */
  readonly file: () => {
    readonly problems: readonly Problem[]
    readonly warnings: readonly Problem[]
    readonly differs: boolean
  }
  /** asks every destination a few harmless things, over connections of their own */
  readonly probe: () => Promise<readonly Found[]>
  readonly clock: Pick<Clock, 'now'>
}

const problems = z.array(z.object({ path: z.string(), message: z.string(), line: z.int().optional() }))
const probed = z
  .object({
    at: z.iso.datetime(),
    findings: z.array(z.object({ destination: z.string(), level: z.enum(['ok', 'warn', 'fail']), text: z.string() })),
  })
  .nullable()

/** What `check` and `check --probe` say, of the relay that runs. */
export function serveConfiguration({ read }: Routes, { described, file, probe, clock }: ConfigurationDeps): void {
  let last: z.output<typeof probed> = null
  let running: Promise<readonly Found[]> | undefined
  read(
    {
      ...{ path: '/configuration', command: 'check', scope: 'admin:management' },
      summary: 'The configuration in force without its secrets, what is wrong with the file now, and the last probe.',
      answer: {
        inForce: z.string(),
        file: z.object({ problems, warnings: problems, differs: z.boolean() }),
        probe: probed,
      },
    },
    async () => {
      const { problems, warnings, differs } = file()
      return { inForce: described(), file: { problems: [...problems], warnings: [...warnings], differs }, probe: last }
    },
  )
  read(
    {
      ...{ method: 'post', path: '/probe', command: 'check --probe', scope: 'admin:management' },
      summary: 'Asks every destination whether it is there, who it is and whether it takes the credential.',
      answer: { probe: probed },
    },
    async () => {
      // who asks meanwhile waits for the same answers
      running ??= probe().finally(() => {
        running = undefined
      })
      const findings = await running
      last = { at: iso(clock.now()), findings: [...findings] }
      return { probe: last }
    },
  )
}
