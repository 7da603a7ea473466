import type Database from 'better-sqlite3'
import type { BreakerState, Gate } from '../../model/gate.js'
import type { OnDamage } from './damage.js'
import type { QueueState } from './outbox/queues.js'

/** Gates and breakers of destinations, and the spans in which they were held. */
export interface Gates {
  read(queue: QueueState): { gate: Gate; breaker: BreakerState }
  saveGate(queue: QueueState, gate: Gate, now: number): void
  saveBreaker(queue: QueueState, breaker: BreakerState): void
  /** Milliseconds between `since` and `now` in which the destination was held. */
  heldMs(queue: QueueState, since: number, now: number): number
}

interface GateRow {
  readonly gate: string
  readonly breaker_open_until: number
  readonly breaker_streak: number
}

export function createGates(db: Database.Database, onDamage: OnDamage): Gates {
  const statement = {
    read: db.prepare<[number], GateRow>(
      'SELECT gate, breaker_open_until, breaker_streak FROM destination WHERE id = ?',
    ),
    gate: db.prepare('UPDATE destination SET gate = ? WHERE id = ?'),
    breaker: db.prepare('UPDATE destination SET breaker_open_until = ?, breaker_streak = ? WHERE id = ?'),
    hold: db.prepare('INSERT INTO hold (destination, since) VALUES (?, ?) ON CONFLICT DO NOTHING'),
    unhold: db.prepare('UPDATE hold SET until = max(since, ?) WHERE destination = ? AND until IS NULL'),
    heldSince: db.prepare<[number], number>('SELECT since FROM hold WHERE destination = ? AND until IS NULL').pluck(),
    held: db
      .prepare<[number, number, number, number, number], number>(
        `SELECT coalesce(sum(min(coalesce(until, ?), ?) - max(since, ?)), 0) FROM hold
         WHERE destination = ? AND coalesce(until, 9e15) > ?`,
      )
      .pluck(),
  }

  /** Flowing shows soon whether that is right; what an operator has stopped stays so. */
  function damaged(queue: QueueState): Gate {
    const why = 'its gate cannot be read in the database'
    const since = statement.heldSince.get(queue.id)
    onDamage({ destination: queue.name, what: 'gate', why })
    return since === undefined ? { state: 'flowing' } : { state: 'held', why, since }
  }

  return {
    read(queue) {
      const row = statement.read.get(queue.id) as GateRow
      return {
        gate: parseGate(row.gate) ?? damaged(queue),
        breaker: { openUntil: row.breaker_open_until, streak: row.breaker_streak },
      }
    },
    saveGate(queue, gate, now) {
      statement.gate.run(JSON.stringify(gate), queue.id)
      if (gate.state === 'held') statement.hold.run(queue.id, gate.since)
      else statement.unhold.run(now, queue.id)
    },
    saveBreaker: (queue, breaker) => void statement.breaker.run(breaker.openUntil, breaker.streak, queue.id),
    heldMs: (queue, since, now) => statement.held.get(now, now, since, queue.id, since) ?? 0,
  }
}

/** Undefined for what saveGate cannot have written. */
export function parseGate(text: string): Gate | undefined {
  try {
    const gate = JSON.parse(text) as Gate
    if (gate.state === 'suspended') return typeof gate.probeAt === 'number' ? gate : undefined
    return ['flowing', 'held'].includes(gate.state) ? gate : undefined
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined
    throw error
  }
}
