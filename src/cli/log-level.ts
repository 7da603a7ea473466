import type { ExitCode, Io } from './io.js'
import { runningRelay } from './operator.js'
import { reportingFailure } from './resync.js'

export interface LogOptions {
  readonly config: string
  /** a duration */
  readonly for?: string
  readonly json?: boolean
}

/** `alerta-relay log [level]`: what the running relay logs; with a level, from now on. */
export async function logLevel(level: string | undefined, options: LogOptions, io: Io): Promise<ExitCode> {
  const { config, for: time, json } = options
  return reportingFailure('log', io, async () => {
    const relay = runningRelay(config, io.env, io.signal)
    const told =
      level === undefined
        ? await relay.ask('GET', '/log')
        : await relay.ask('PUT', '/log', { level, ...(time === undefined ? {} : { for: time }) })
    const { level: now, configured, until } = told as Record<string, string | null>
    if (json === true) io.stdout.write(`${JSON.stringify({ level: now, configured, until })}\n`)
    else io.stdout.write(`the log has the level ${now}${now === configured ? '' : end(configured, until)}\n`)
    return 0
  })
}

const end = (configured: string | null | undefined, until: string | null | undefined): string =>
  until ? ` until ${until}, then ${configured} again` : `; the configuration says ${configured}`
