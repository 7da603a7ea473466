/**
 * Tags and attributes that an alert's earlier messages have brought, beside those of the newest, which are kept whole
 * (its body is bounded): a sender with a new tag in each repeat would else make each of them dearer than the one before.
 */
export const EARLIER_KEPT = { entries: 1_000, bytes: 256 * 1024 }

type Attributes = Readonly<Record<string, unknown>>

/** As a set; where there are too many the longest known go. */
export function mergedTags(earlier: readonly string[], later: readonly string[]): readonly string[] {
  const told = new Set(later)
  const others = earlier.filter((tag) => !told.has(tag))
  const kept = newest(others, told.size, lengthOf)
  return kept === others ? [...new Set([...earlier, ...later])] : [...kept, ...told]
}

/** By name, the later value; where there are too many the longest known go. */
export function mergedAttributes(earlier: Attributes, later: Attributes): Attributes {
  const others = Object.keys(earlier).filter((name) => !Object.hasOwn(later, name))
  const kept = newest(others, Object.keys(later).length, (name) => name.length + lengthOf(earlier[name]))
  if (kept === others) return { ...earlier, ...later }
  return { ...Object.fromEntries(kept.map((name) => [name, earlier[name]])), ...later }
}

/** The same list where all of it fits. */
function newest<T>(all: readonly T[], beside: number, weigh: (one: T) => number): readonly T[] {
  const { entries, bytes } = EARLIER_KEPT
  let first = all.length
  let weight = 0
  while (first > 0 && all.length - first + beside < entries) {
    weight += weigh(all[first - 1] as T)
    if (weight > bytes) break
    first -= 1
  }
  return first === 0 ? all : all.slice(first)
}

/** About the bytes that it takes as JSON. */
const lengthOf = (value: unknown): number =>
  typeof value === 'string' ? value.length : (JSON.stringify(value) ?? '').length
