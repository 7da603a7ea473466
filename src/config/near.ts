/** The candidate that a mistyped word most likely means; undefined when none is near enough to be worth naming. */
export function nearest(word: string, candidates: readonly string[], mistakes = 2): string | undefined {
  const wanted = plain(word)
  const allowed = Math.min(mistakes, Math.floor(wanted.length / 2))
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: distance(wanted, plain(candidate)) }))
    .filter((entry) => entry.distance <= allowed)
    .sort((a, b) => a.distance - b.distance)
  return ranked[0]?.candidate
}

/** baseUrl, base-url and BASE_URL all mean base_url. */
const plain = (word: string): string => word.toLowerCase().replace(/[^a-z0-9*]/g, '')

/** Levenshtein: insertions, deletions and replacements between two words. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    row = next
  }
  return row[b.length] as number
}
