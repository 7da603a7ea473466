import { pino } from 'pino'
import { PinoPretty } from 'pino-pretty'

export const LEVELS = ['debug', 'info', 'warn', 'error'] as const
export type Level = (typeof LEVELS)[number]

/** One wide line per fact: constant lower-case text, everything that varies in fields. */
export interface Log {
  debug(fields: object, text: string): void
  info(fields: object, text: string): void
  warn(fields: object, text: string): void
  error(fields: object, text: string): void
}

/** A log of which the level can be changed. */
export interface LeveledLog extends Log {
  level: string
}

export interface LogOptions {
  readonly level: Level
  /** auto: readable on a terminal, JSON lines otherwise */
  readonly format: 'auto' | 'json' | 'pretty'
}

/** JSON lines on standard output (pino escapes control characters), or one readable line each. */
export function createLog(options: LogOptions, terminal: boolean): LeveledLog {
  const settings = {
    level: options.level,
    base: null,
    formatters: { level: (level: string) => ({ level }) },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
  }
  const pretty = options.format === 'pretty' || (options.format === 'auto' && terminal)
  if (!pretty) return pino(settings)
  return pino(settings, PinoPretty({ singleLine: true, colorize: terminal, sync: true }))
}
