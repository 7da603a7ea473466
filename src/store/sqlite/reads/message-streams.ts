import type Database from 'better-sqlite3'
import type { MessageQuery } from '../../stories.js'
import type { Queues } from '../outbox/queues.js'

/** What one look through a part of the journal has found. */
export interface Look {
  /** newest first */
  readonly seqs: readonly number[]
  /** all from here on (and before where the look began) has been looked at */
  readonly downTo: number
}

/** Messages that may fit, from the newest before `before` on. */
export type Stream = (before: number, limit: number) => Look

/** What every message that is found must fulfil, as SQL and its values. */
export interface Fitting {
  readonly sql: string
  readonly values: Readonly<Record<string, string | number | null>>
}

/** Chooses the indexes by which few rows are looked at; without one the journal is gone through, a slice at a time. */
export type StreamsFor = (query: MessageQuery, alert: number | undefined, fitting: Fitting) => readonly Stream[]

/** Some 5 ms, more where the disk is slow: accepting waits so long. */
const SLICE = 2_000
/** Alerts of one resource that are looked at, the newest. */
const ALERTS = 5_000

export function createStreams(db: Database.Database, queues: Queues): StreamsFor {
  const seqs = (sql: string) => db.prepare<unknown[], number>(`${sql} ORDER BY seq DESC LIMIT ?`).pluck()
  const statement = {
    ofAlerts: seqs('SELECT seq FROM message WHERE alert IN (SELECT value FROM json_each(?)) AND seq < ?'),
    ofResource: db
      .prepare<[{ resource: string }], number>(
        `SELECT id FROM alert WHERE resource = :resource AND deleted_at IS NULL AND resource IS NOT NULL
         UNION ALL SELECT id FROM alert WHERE resource = :resource AND deleted_at IS NOT NULL AND resource IS NOT NULL
         ORDER BY id DESC LIMIT ${ALERTS}`,
      )
      .pluck(),
    waiting: seqs('SELECT seq FROM outbox WHERE destination = ? AND seq < ?'),
    sending: seqs('SELECT seq FROM sending WHERE destination = ? AND seq < ?'),
    dead: seqs(`SELECT seq FROM settled WHERE destination = ? AND state = 'dead' AND seq < ?`),
    // with the words of the index, or it cannot be used
    otherwise: seqs(
      `SELECT seq FROM settled WHERE destination = ? AND state = ? AND state NOT IN ('delivered', 'dead') AND seq < ?`,
    ),
    settled: seqs('SELECT seq FROM settled WHERE destination = ? AND seq < ?'),
  }

  const indexed = (find: (before: number, limit: number) => readonly number[]): Stream => {
    return (before, limit) => {
      const found = find(before, limit)
      return { seqs: found, downTo: found.length < limit ? 0 : (found.at(-1) ?? 0) }
    }
  }

  function through(fitting: Fitting): Stream {
    const scan = db
      .prepare<[Record<string, unknown>], number>(
        `SELECT message.seq FROM message LEFT JOIN alert ON alert.id = message.alert
         WHERE message.seq >= :from AND message.seq < :before AND ${fitting.sql} ORDER BY message.seq DESC LIMIT :limit`,
      )
      .pluck()
    return (before, limit) => {
      const from = Math.max(before - SLICE, 0)
      const found = scan.all({ ...fitting.values, from, before, limit })
      return { seqs: found, downTo: found.length < limit ? from : (found.at(-1) ?? from) }
    }
  }

  function ofDestination(id: number, state: MessageQuery['state']): readonly Stream[] {
    const waiting = indexed((before, limit) => statement.waiting.all(id, before, limit))
    switch (state) {
      case 'queued':
        return [waiting]
      case 'sending':
        return [indexed((before, limit) => statement.sending.all(id, before, limit))]
      case 'dead':
        return [indexed((before, limit) => statement.dead.all(id, before, limit))]
      case 'suppressed':
      case 'superseded':
      case 'folded':
      case 'discarded':
        return [indexed((before, limit) => statement.otherwise.all(id, state, before, limit))]
      case 'delivered':
        return [indexed((before, limit) => statement.settled.all(id, before, limit))]
      default:
        return [waiting, indexed((before, limit) => statement.settled.all(id, before, limit))]
    }
  }

  return ({ destination, state, resource }, alert, fitting) => {
    const alerts = alert !== undefined ? [alert] : resource !== undefined ? statement.ofResource.all({ resource }) : []
    if (alert !== undefined || resource !== undefined) {
      const list = JSON.stringify(alerts)
      return [indexed((before, limit) => statement.ofAlerts.all(list, before, limit))]
    }
    if (state === 'skipped' || (state === undefined && destination === undefined)) return [through(fitting)]
    const named = queues.all().filter(({ name }) => destination === undefined || name === destination)
    return named.flatMap(({ id }) => ofDestination(id, state))
  }
}

/** What several streams have seen together: only as far down as all of them have looked. */
export function merged(streams: readonly Stream[], before: number, limit: number): Look {
  const looks = streams.map((stream) => stream(before, limit))
  const downTo = Math.max(0, ...looks.map((look) => look.downTo))
  const found = new Set(looks.flatMap(({ seqs }) => seqs.filter((seq) => seq >= downTo)))
  return { seqs: [...found].sort((a, b) => b - a), downTo }
}
