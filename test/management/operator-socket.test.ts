import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Hono } from 'hono'
import { expect, onTestFinished, test } from 'vitest'
import type { Log } from '../../src/base/log.js'
import { listenForOperators } from '../../src/management/operator/socket.js'

function scratch(): string {
  const dir = mkdtempSync(join(tmpdir(), 'operator-'))
  onTestFinished(() => rmSync(dir, { recursive: true }))
  return dir
}

function createNotes(): { log: Log; notes: string[] } {
  const notes: string[] = []
  const note = (fields: object, text: string) => void notes.push(`${text}: ${'why' in fields ? fields.why : ''}`)
  return { log: { debug: note, info: note, warn: note, error: note }, notes }
}

test('the socket is its owner’s alone, whatever the umask, and is gone at the end', async () => {
  const path = join(scratch(), 'relay.db.sock')
  const { log, notes } = createNotes()
  const before = process.umask(0)
  const close = await listenForOperators(new Hono(), { path, log })
  expect(process.umask(before)).toBe(0)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  await close()
  expect([existsSync(path), notes]).toEqual([false, []])
})

test('a path too long for a socket is told, and the relay runs without', async () => {
  const path = join(scratch(), `${'x'.repeat(100)}.sock`)
  const { log, notes } = createNotes()
  await (await listenForOperators(new Hono(), { path, log }))()
  expect(notes).toEqual([expect.stringContaining('longer than 107 bytes')])
  expect(existsSync(path)).toBe(false)
})

test('a file that stands in its place is left alone', async () => {
  const path = join(scratch(), 'relay.db.sock')
  writeFileSync(path, 'precious')
  const { log, notes } = createNotes()
  await (await listenForOperators(new Hono(), { path, log }))()
  expect(notes).toEqual([expect.stringContaining('something else than a socket')])
  expect(readFileSync(path, 'utf8')).toBe('precious')
})

test('a directory that is not there is told, and the relay runs without', async () => {
  const { log, notes } = createNotes()
  await (await listenForOperators(new Hono(), { path: join(scratch(), 'none', 'relay.db.sock'), log }))()
  expect(notes).toEqual([expect.stringContaining('no operator socket')])
})
