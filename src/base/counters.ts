/** Counts since the start of the process, by name and at most one label: `suppressed` by `copy`, `loop` … */
export interface Counters {
  add(name: string, label?: string, by?: number): void
  snapshot(): Record<string, number>
}

export function createCounters(): Counters {
  const counts = new Map<string, number>()
  return {
    add(name, label, by = 1) {
      const key = label === undefined ? name : `${name}.${label}`
      counts.set(key, (counts.get(key) ?? 0) + by)
    },
    snapshot: () => Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1))),
  }
}
