import Database from 'better-sqlite3'
import { afterEach, expect, test } from 'vitest'
import { createArrivals } from '../../src/base/arrivals.js'
import { createWriter } from '../../src/store/sqlite/writer.js'

let db: Database.Database | undefined
afterEach(() => void db?.close())

/** `msEachLook`: how the time passes while it is looked at. */
function bench(msEachLook = 0) {
  db = new Database(':memory:')
  const commits: number[] = []
  const arrivals = createArrivals()
  let now = 0
  const monotonic = () => {
    now += msEachLook
    return now
  }
  const onCommit = (units: number) => void commits.push(units)
  const writer = createWriter(db, () => {}, { onCommit, monotonic, arrived: arrivals.count })
  return { writer, arrivals, commits }
}

const round = () => new Promise<void>((resolve) => setImmediate(resolve))

test('senders that connect for each message share a commit: it waits for what a connection brings a round later', async () => {
  const { writer, arrivals, commits } = bench()
  arrivals.begun()
  const written: Promise<void>[] = []
  for (let sender = 0; sender < 5; sender += 1) {
    written.push(writer.run(() => {}))
    // the connection of the next one is taken
    if (sender < 4) arrivals.begun()
    await round()
  }
  await Promise.all(written)
  expect(commits).toEqual([5])
})

test('without anybody coming, a message is committed at once', async () => {
  const { writer, commits } = bench()
  await writer.run(() => {})
  await writer.run(() => {})
  expect(commits).toEqual([1, 1])
})

test('connections that bring nothing hold nobody up for long', async () => {
  const { writer, arrivals, commits } = bench(1)
  let isWritten = false
  const written = writer
    .run(() => {})
    .then(() => {
      isWritten = true
    })
  let rounds = 0
  for (; !isWritten && rounds < 100; rounds += 1) {
    arrivals.begun()
    await round()
  }
  await written
  expect(commits).toEqual([1])
  expect(rounds).toBeLessThan(10)
})

test('a unit that fails takes neither the others nor anything of theirs with it, on the disk and in memory', async () => {
  const { writer, commits } = bench()
  const table = db as Database.Database
  table.exec('CREATE TABLE word (text TEXT)')
  const insert = table.prepare('INSERT INTO word VALUES (?)')
  const inMemory: string[] = []
  const write = (word: string, error?: Error) =>
    writer.run((tx) => {
      insert.run(word)
      inMemory.push(word)
      tx.onRollback(() => inMemory.splice(inMemory.indexOf(word), 1))
      if (error !== undefined) throw error
      return word
    })
  const broken = new Error('broken')
  const ended = await Promise.allSettled([write('one'), write('two', broken), write('three'), write('four', broken)])
  expect(ended.map((one) => (one.status === 'fulfilled' ? one.value : one.reason))).toEqual([
    'one',
    broken,
    'three',
    broken,
  ])
  expect(table.prepare('SELECT text FROM word').pluck().all()).toEqual(['one', 'three'])
  expect(inMemory).toEqual(['one', 'three'])
  expect(table.inTransaction).toBe(false)
  expect(commits).toEqual([4])
})

test('a unit that fails alone is told why', async () => {
  const { writer } = bench()
  const fails = writer.run(() => {
    throw new Error('broken')
  })
  await expect(fails).rejects.toThrow('broken')
  expect(await writer.run(() => 'again')).toBe('again')
})
