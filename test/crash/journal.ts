import Database from 'better-sqlite3'

/** What the far relay calls its only destination. */
export const END = 'end'

/** A row of the journal. */
export interface Journalled {
  readonly seq: number
  /** the sender's number, from X-Request-ID */
  readonly n: number
}

/** How a delivery ended. */
export interface Ended {
  readonly state: string
  /** attempts that were sent and got no answer, the relay's own death among them */
  readonly unknowns: number
}

/** What a stopped relay's database says. */
export interface Journal {
  /** in the order of acceptance */
  readonly messages: readonly Journalled[]
  /** by destination, then by seq */
  readonly ended: ReadonlyMap<string, ReadonlyMap<number, Ended>>
  /** messages that the relay made itself */
  readonly own: number
  /** deliveries that are still queued or sending */
  readonly left: number
  /** "ok", or what SQLite found broken */
  readonly integrity: string
}

/** A sender's request id is a number. */
const OWN = "request_id GLOB '*[^0-9]*'"

export function readJournal(path: string): Journal {
  const db = new Database(path, { readonly: true })
  try {
    const messages = db
      .prepare<[], Journalled>(
        `SELECT seq, CAST(request_id AS INTEGER) AS n FROM message WHERE NOT ${OWN} ORDER BY seq`,
      )
      .all()
    const own = db.prepare(`SELECT count(*) FROM message WHERE ${OWN}`).pluck().get() as number
    const names = db.prepare<[], { id: number; name: string }>('SELECT id, name FROM destination').all()
    const settled = db.prepare<[number], Ended & { seq: number }>(
      'SELECT seq, state, unknowns FROM settled WHERE destination = ?',
    )
    const ended = new Map(names.map(({ id, name }) => [name, new Map(settled.all(id).map((row) => [row.seq, row]))]))
    const left = db
      .prepare('SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM sending) + (SELECT count(*) FROM retry)')
      .pluck()
      .get() as number
    return { messages, own, ended, left, integrity: String(db.pragma('integrity_check', { simple: true })) }
  } finally {
    db.close()
  }
}

/** The rows of each message: more than one where its sender got no answer and sent it again. */
export function rowsByNumber(messages: readonly Journalled[]): ReadonlyMap<number, readonly Journalled[]> {
  const rows = new Map<number, Journalled[]>()
  for (const row of messages) {
    const own = rows.get(row.n)
    if (own === undefined) rows.set(row.n, [row])
    else own.push(row)
  }
  return rows
}
