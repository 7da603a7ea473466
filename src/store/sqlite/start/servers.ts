import type Database from 'better-sqlite3'

/**
 * Two lists of URLs name one server when they have a host, with its port, in common: it may have got another path, or
 * TLS. A server that moves to another port or name is told apart from another server by `also_known_as`.
 */
export function isSameServer(some: readonly string[], others: readonly string[]): boolean {
  const hosts = new Set(some.map(hostOf))
  return others.some((other) => hosts.has(hostOf(other)))
}

const hostOf = (url: string): string => new URL(url).host

/**
 * The ids that a destination's server told us, and which changes came from it, mean nothing to another server. Returns
 * how many alerts had such an id.
 */
export function forgetServer(db: Database.Database, destination: number): number {
  const { changes } = db
    .prepare('UPDATE mark SET alias = NULL, alias_seq = 0 WHERE destination = ? AND alias IS NOT NULL')
    .run(destination)
  db.prepare('UPDATE mark SET changed_seq = 0, resent_seq = 0 WHERE destination = ? AND changed_seq > 0').run(
    destination,
  )
  db.prepare('DELETE FROM note_alias WHERE destination = ?').run(destination)
  db.prepare('DELETE FROM alert_id WHERE source = ?').run(destination)
  return changes
}
