import type Database from 'better-sqlite3'

/**
 * Whether an action waits for a destination that a later reception, which waits there too, has overruled here. What came
 * from there meanwhile, and only repeats what we have, is overtaken there by the action, and the reception behind it
 * repeats it there too: the action would hold.
 */
export type IsOverruled = (alert: number, destination: number, changedSeq: number) => boolean

export function createIsOverruled(db: Database.Database): IsOverruled {
  const statement = db
    .prepare<[{ alert: number; destination: number; changedSeq: number }], number>(
      `WITH waiting AS (
         SELECT message.seq, kind, repeats FROM message
         JOIN outbox ON outbox.destination = :destination AND outbox.seq = message.seq
         WHERE message.alert = :alert
           AND message.seq BETWEEN (SELECT min(seq) FROM outbox WHERE destination = :destination) AND :changedSeq)
       SELECT EXISTS (
         SELECT 1 FROM waiting AS reception WHERE kind = 'alert' AND repeats IS NULL AND EXISTS (
           SELECT 1 FROM waiting AS action WHERE action.kind IN ('action', 'status') AND action.seq < reception.seq))`,
    )
    .pluck()
  return (alert, destination, changedSeq) => statement.get({ alert, destination, changedSeq }) === 1
}
