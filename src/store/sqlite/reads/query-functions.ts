import type Database from 'better-sqlite3'
import { createPattern, type Pattern } from '../../../base/pattern.js'
import { QueryTooMuch } from '../../alert-reads.js'

/** The relay does nothing else while it looks: a sender waits so long at most. */
const LONGEST_LOOK_MS = 1_000
/** Of longer texts only the beginning is searched, as by patterns. */
const SEARCHED_SIGNS = 4_096
const PATTERNS_KEPT = 100

/** Adds what SQLite cannot do itself. Returns how to look: with it nothing takes longer than LONGEST_LOOK_MS. */
export function addQueryFunctions(db: Database.Database, monotonic: () => number): <T>(look: () => T) => T {
  let until = Number.POSITIVE_INFINITY
  const patterns = new Map<string, Pattern>()

  function patternOf(source: string): Pattern {
    const known = patterns.get(source)
    if (known !== undefined) return known
    const pattern = createPattern(source)
    if (typeof pattern === 'string') throw new Error(`a pattern was not checked: ${pattern}`)
    if (patterns.size >= PATTERNS_KEPT) patterns.clear()
    patterns.set(source, pattern)
    return pattern
  }

  /** One row may be held against many patterns, and a table inside a condition is searched whole. */
  function askTime(): void {
    if (monotonic() > until) throw new QueryTooMuch('The query takes too long: ask for fewer alerts')
  }

  db.function('matches', { deterministic: true }, (text, source) => {
    askTime()
    return text === null ? 0 : Number(patternOf(String(source))(String(text)))
  })
  db.function('contains', { deterministic: true }, (text, part) => {
    askTime()
    const searched = text === null ? '' : String(text).slice(0, SEARCHED_SIGNS)
    return Number(text !== null && searched.toLowerCase().includes(String(part).toLowerCase()))
  })
  db.function('in_time', { deterministic: false }, () => {
    askTime()
    return 1
  })

  return (look) => {
    until = monotonic() + LONGEST_LOOK_MS
    try {
      return look()
    } finally {
      until = Number.POSITIVE_INFINITY
    }
  }
}
