import type { Clock } from './clock.js'
import type { Level } from './log.js'

/** What is logged, changed while the relay runs. */
export interface LogLevel {
  /** `until`: epoch ms at which it is as configured again; undefined: it stays */
  read(): { readonly level: Level; readonly configured: Level; readonly until: number | undefined }
  /** `until` undefined: until the relay ends. */
  set(level: Level, until: number | undefined): void
  stop(): void
}

export interface LogLevelDeps {
  readonly configured: Level
  readonly apply: (level: Level) => void
  readonly clock: Pick<Clock, 'until'>
}

export function createLogLevel({ configured, apply, clock }: LogLevelDeps): LogLevel {
  let now: { readonly level: Level; readonly until: number | undefined } = { level: configured, until: undefined }
  let waiting = new AbortController()

  async function returnAt(until: number, signal: AbortSignal): Promise<void> {
    await clock.until(until, signal)
    if (!signal.aborted) change(configured, undefined)
  }

  function change(level: Level, until: number | undefined): void {
    waiting.abort()
    waiting = new AbortController()
    now = { level, until }
    apply(level)
    if (until !== undefined) void returnAt(until, waiting.signal)
  }

  return { read: () => ({ ...now, configured }), set: change, stop: () => waiting.abort() }
}
