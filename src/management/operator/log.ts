import { z } from 'zod'
import { type Clock, iso } from '../../base/clock.js'
import { LEVELS } from '../../base/log.js'
import type { LogLevel } from '../../base/log-level.js'
import { duration } from '../../config/fields.js'
import type { Routes } from './routes.js'

export interface LogDeps {
  readonly logLevel: Pick<LogLevel, 'read' | 'set'>
  readonly clock: Pick<Clock, 'now'>
}

const level = z.enum(LEVELS)

/** What the relay logs, for as long as somebody needs it. */
export function serveLog({ read, change }: Routes, { logLevel, clock }: LogDeps): void {
  const answer = { level, configured: level, until: z.iso.datetime().nullable() }
  const told = () => {
    const { until, ...now } = logLevel.read()
    return { ...now, until: until === undefined ? null : iso(until) }
  }
  read({ path: '/log', command: 'log', summary: 'The level of the log.', answer }, async () => told())
  change(
    {
      ...{ method: 'put', path: '/log', command: 'log', answer },
      summary: 'Changes the level of the log; `for`: it is as configured again after so long. A restart ends it too.',
      body: z.strictObject({ level, for: duration.optional() }),
    },
    async ({ body }) => {
      logLevel.set(body.level, body.for === undefined ? undefined : clock.now() + body.for)
      return told()
    },
  )
}
