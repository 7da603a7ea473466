import { isAhead } from '../../../model/gate.js'

/** What waits for its next try. */
export interface Waiting<T> {
  add(one: T): void
  /** Takes out those that need not wait any longer. */
  due(now: number): readonly T[]
  /** Takes out all. */
  all(): readonly T[]
  /** when the first need not wait any longer, epoch ms; undefined: nothing waits */
  earliest(): number | undefined
}

/** `longestMs`: nothing waits longer; the clock has been set back where it seems so. */
export function createWaiting<T extends { readonly notBefore: number }>(longestMs: number): Waiting<T> {
  const waiting = new Set<T>()
  let earliest = Number.POSITIVE_INFINITY
  return {
    add(one) {
      waiting.add(one)
      earliest = Math.min(earliest, one.notBefore)
    },
    due(now) {
      if (isAhead(earliest, now, longestMs)) return []
      const due: T[] = []
      earliest = Number.POSITIVE_INFINITY
      for (const one of waiting) {
        if (isAhead(one.notBefore, now, longestMs)) earliest = Math.min(earliest, one.notBefore)
        else due.push(one)
      }
      for (const one of due) waiting.delete(one)
      return due
    },
    all() {
      const all = [...waiting]
      waiting.clear()
      earliest = Number.POSITIVE_INFINITY
      return all
    },
    earliest: () => (waiting.size === 0 ? undefined : earliest),
  }
}
