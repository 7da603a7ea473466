import type Database from 'better-sqlite3'
import type { Audit, AuditEntry, Audited, AuditQuery } from '../audit.js'
import { reading } from './faults.js'
import type { Writer } from './writer.js'

type Row = Omit<Audited, 'from' | 'fields'> & { readonly sender: string; readonly fields: string }

export function createAudit(db: Database.Database, writer: Writer): Audit {
  const statement = {
    begin: db.prepare<[Omit<Row, 'n' | 'result' | 'why'>]>(
      `INSERT INTO audit (at, who, sender, command, fields, result)
       VALUES (:at, :who, :sender, :command, :fields, 'begun')`,
    ),
    end: db.prepare<[string, string | null, string, number]>(
      'UPDATE audit SET result = ?, why = ?, fields = ? WHERE n = ?',
    ),
    list: db.prepare<[AuditQuery], Row>(
      `SELECT * FROM (
         SELECT n, at, who, sender, command, fields, result, why FROM audit
         WHERE (:since IS NULL OR at >= :since) AND (:who IS NULL OR instr(who, :who) > 0)
           AND (:command IS NULL OR command = :command OR substr(command, 1, length(:command) + 1) = :command || ' ')
         ORDER BY n DESC LIMIT :limit
       ) ORDER BY n`,
    ),
  }
  return {
    begin: ({ from, fields, ...entry }: AuditEntry) =>
      writer.run(() => {
        const row = { ...entry, sender: from, fields: JSON.stringify(fields) }
        return Number(statement.begin.run(row).lastInsertRowid)
      }),
    end: (n, result, why, fields) => writer.run(() => void statement.end.run(result, why, JSON.stringify(fields), n)),
    list: async (query) =>
      reading(() =>
        statement.list.all(query).map(({ sender, fields, ...row }) => ({
          ...row,
          from: sender,
          fields: JSON.parse(fields) as Audited['fields'],
        })),
      ),
  }
}
