import { serve } from '@hono/node-server'
import Database from 'better-sqlite3'
import { Hono } from 'hono'
import { Pool } from 'undici'
import type { PlainOptions } from '../scenarios/plain.js'

/**
 * The plainest program that does a part of a relay's work: nothing is checked, recognised, remembered, retried or told. It
 * bounds what a relay can do on this machine in one thread, in this language and with these libraries.
 */

interface Posted {
  readonly body: string
  readonly alert: { readonly environment: string; readonly resource: string; readonly event: string }
  readonly answer: () => void
}

/** What waits for a destination; beyond it senders wait. */
const DEEP = 256
const CONNECTIONS = 32
const HEADERS = { 'content-type': 'application/json', authorization: 'Key plain' }

const options = JSON.parse(process.argv[2] as string) as PlainOptions
let posted: Posted[] = []
let delivered: [destination: number, seq: number][] = []
let isComing = false
const held: (() => void)[] = []
const keep = options.path === undefined ? undefined : createKeeping(options.path, options)
const senders = options.to.map(createSender)

/** Writes what came and what was delivered in one transaction; returns the numbers of what came. */
function createKeeping(path: string, { destinations, alerts }: PlainOptions) {
  const db = new Database(path)
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = FULL')
  db.pragma('wal_autocheckpoint = 4000')
  db.exec(`CREATE TABLE message (seq INTEGER PRIMARY KEY, at INTEGER, body TEXT);
    CREATE TABLE outbox (destination INTEGER, seq INTEGER, PRIMARY KEY (destination, seq)) WITHOUT ROWID;
    CREATE TABLE alert (environment TEXT, resource TEXT, event TEXT, state TEXT,
      PRIMARY KEY (environment, resource, event)) WITHOUT ROWID`)
  const message = db.prepare('INSERT INTO message (at, body) VALUES (?, ?)')
  const queue = db.prepare('INSERT INTO outbox VALUES (?, ?)')
  const settle = db.prepare('DELETE FROM outbox WHERE destination = ? AND seq = ?')
  const read = db.prepare('SELECT state FROM alert WHERE environment = ? AND resource = ? AND event = ?').pluck()
  const write = db.prepare('INSERT INTO alert VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET state = excluded.state')

  function apply(alert: Posted['alert']): void {
    const key = [alert.environment, alert.resource, alert.event]
    const before = read.get(...key) as string | undefined
    const duplicateCount = before === undefined ? 0 : JSON.parse(before).duplicateCount + 1
    write.run(...key, JSON.stringify({ ...alert, duplicateCount }))
  }

  return db.transaction((came: readonly Posted[], settled: readonly [number, number][]): readonly number[] => {
    for (const [destination, seq] of settled) settle.run(destination, seq)
    return came.map(({ alert, body }) => {
      const seq = Number(message.run(Date.now(), body).lastInsertRowid)
      for (let destination = 0; destination < destinations; destination += 1) queue.run(destination, seq)
      if (alerts) apply(alert)
      return seq
    })
  })
}

function createSender(url: string, destination: number) {
  const pool = new Pool(url, { connections: CONNECTIONS })
  const waiting: { readonly seq: number; readonly body: string }[] = []
  let underWay = 0
  function next(): void {
    while (underWay < CONNECTIONS) {
      const one = waiting.shift()
      if (one === undefined) return
      underWay += 1
      pool.dispatch(
        { method: 'POST', path: '/alert', headers: HEADERS, body: one.body },
        { onRequestStart() {}, onResponseStart() {}, onResponseData() {}, onResponseEnd, onResponseError },
      )
      function onResponseEnd(): void {
        underWay -= 1
        delivered.push([destination, one?.seq ?? 0])
        next()
        come()
      }
    }
  }
  return {
    depth: () => waiting.length,
    send(seq: number, body: string) {
      waiting.push({ seq, body })
      next()
    },
  }
}

function onResponseError(_: unknown, error: Error): void {
  throw error
}

/** What comes in one round of the event loop shares a commit. */
function come(): void {
  if (isComing) return
  isComing = true
  setImmediate(() => {
    isComing = false
    const [came, settled] = [posted, delivered]
    posted = []
    delivered = []
    const seqs = keep?.(came, settled) ?? []
    for (const [i, { body, answer }] of came.entries()) {
      for (const sender of senders) sender.send(seqs[i] ?? 0, body)
      answer()
    }
    if (isDeep()) return
    for (const enter of held.splice(0)) enter()
  })
}

const isDeep = (): boolean => senders.some((sender) => sender.depth() > DEEP)

const app = new Hono()
app.post('/alert', async (context) => {
  const body = await context.req.text()
  const alert = JSON.parse(body)
  if (isDeep()) await new Promise<void>((resolve) => held.push(resolve))
  await new Promise<void>((answer) => {
    posted.push({ body, alert, answer })
    come()
  })
  return context.json({ status: 'ok', id: alert.resource, alert }, 201)
})
process.on('disconnect', () => process.exit())
serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, (address) => process.send?.(address))
