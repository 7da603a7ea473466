/** What somebody has set in the web UI for themselves: JSON into which nobody here looks. */
export type Settings = Readonly<Record<string, unknown>>

/**
 * As Alerta changes a user's attributes: objects become one, everything else takes the place of what was there, and what
 * is null at the top is gone (alerta/database/backends/postgres/base.py, update_user_attributes).
 */
export const mergeSettings = (before: Settings, changes: Settings): Settings =>
  Object.fromEntries(Object.entries(merged(before, changes)).filter(([, value]) => value !== null))

/** Entries, not assignments: a member may be called __proto__. */
function merged(before: Settings, changes: Settings): Settings {
  const all = new Map(Object.entries(before))
  for (const [name, value] of Object.entries(changes)) {
    const there = all.get(name)
    all.set(name, isObject(there) && isObject(value) ? merged(there, value) : value)
  }
  return Object.fromEntries(all)
}

const isObject = (value: unknown): value is Settings =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
