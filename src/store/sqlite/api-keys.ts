import type Database from 'better-sqlite3'
import type { KeptKey } from '../../model/api-key.js'
import type { ApiKeys } from '../api-keys.js'
import { reading } from './faults.js'
import type { Writer } from './writer.js'

interface Row {
  readonly id: string
  readonly digest: string
  readonly prefix: string
  readonly text: string
  readonly scopes: string
  readonly customers: string
  readonly peer: number
  readonly created_at: number
  readonly created_by: string
  readonly expires_at: number | null
  readonly last_used_at: number | null
  readonly uses: number
}

export function createApiKeys(db: Database.Database, writer: Writer): ApiKeys {
  const statement = {
    list: db.prepare<[], Row>('SELECT * FROM api_key ORDER BY n'),
    add: db.prepare<[Row]>(
      `INSERT INTO api_key (id, digest, prefix, text, scopes, customers, peer, created_at, created_by, expires_at,
         last_used_at, uses)
       VALUES (:id, :digest, :prefix, :text, :scopes, :customers, :peer, :created_at, :created_by, :expires_at,
         :last_used_at, :uses)`,
    ),
    end: db.prepare<[number, string]>('UPDATE api_key SET expires_at = ? WHERE id = ?'),
    remove: db.prepare<[string]>('DELETE FROM api_key WHERE id = ?'),
    used: db.prepare<[number, number, string]>('UPDATE api_key SET last_used_at = ?, uses = uses + ? WHERE id = ?'),
  }
  return {
    list: async () => reading(() => statement.list.all().map(keyOf)),
    add: (key, replaces) =>
      writer.run(() => {
        statement.add.run(rowOf(key))
        if (replaces !== undefined) statement.end.run(replaces.expiresAt, replaces.id)
      }),
    remove: (id) => writer.run(() => void statement.remove.run(id)),
    used: (id, at, times) => writer.run(() => void statement.used.run(at, times, id)),
  }
}

const rowOf = (key: KeptKey): Row => ({
  ...{ id: key.id, digest: key.digest, prefix: key.prefix, text: key.text },
  scopes: JSON.stringify(key.scopes),
  customers: JSON.stringify(key.customers),
  peer: key.peer ? 1 : 0,
  created_at: key.createdAt,
  created_by: key.createdBy,
  expires_at: key.expiresAt,
  last_used_at: key.lastUsedAt,
  uses: key.uses,
})

const keyOf = (row: Row): KeptKey => ({
  ...{ id: row.id, digest: row.digest, prefix: row.prefix, text: row.text, uses: row.uses },
  scopes: JSON.parse(row.scopes) as string[],
  customers: JSON.parse(row.customers) as string[],
  peer: row.peer === 1,
  createdAt: row.created_at,
  createdBy: row.created_by,
  expiresAt: row.expires_at,
  lastUsedAt: row.last_used_at,
})
