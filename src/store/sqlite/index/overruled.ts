import type Database from 'better-sqlite3'

/**
 * Whether an action waits for a destination that a later reception, which waits there too, has overruled here. What came
 * from there meanwhile, and only repeats what we have, is overtaken there by the action, and the reception behind it
 * repeats it there too: the action would hold.
 */
export type IsOverruled = (alert: number, destination: number, changedSeq: number) => boolean

export function createIsOverruled(db: Database.Database): IsOverruled {
  const statement = db
    .prepare<[{ alert: number; destination: number; changedSeq: number }], number | null>(
      // left to itself the planner walks through the whole queue
      `SELECT min(CASE WHEN kind IN ('action', 'status') THEN message.seq END)
         < max(CASE WHEN kind = 'alert' AND repeats IS NULL THEN message.seq END)
       FROM message INDEXED BY message_by_alert
       CROSS JOIN outbox ON outbox.destination = :destination AND outbox.seq = message.seq
       WHERE message.alert = :alert
         AND message.seq BETWEEN (SELECT min(seq) FROM outbox WHERE destination = :destination) AND :changedSeq`,
    )
    .pluck()
  return (alert, destination, changedSeq) => statement.get({ alert, destination, changedSeq }) === 1
}
