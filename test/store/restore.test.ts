import { existsSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { restore } from '../../src/store/sqlite/backup/restore.js'
import { alertDraft } from '../support/drafts.js'
import { scratchDir } from '../support/scratch.js'
import { openAt } from './opened.js'

const AT = '2026-01-01T00:00:00.000Z'

/** A database in which one alert waits, and a copy of it. */
async function databases(): Promise<{ path: string; backup: string }> {
  const dir = scratchDir('relay-')
  const [path, backup] = [join(dir, 'relay.db'), join(dir, 'backup.db')]
  const { store } = await openAt(path)
  await store.append(alertDraft())
  await store.close()
  const db = new Database(path)
  db.prepare('VACUUM INTO ?').run(backup)
  db.close()
  return { path, backup }
}

test('killed in the middle of a restore, the relay does not start on an empty database; a second restore ends it', async () => {
  const { path, backup } = await databases()
  renameSync(path, `${path}.before-20260101T000000Z`)
  writeFileSync(`${path}.restoring`, '')
  await expect(openAt(path)).rejects.toMatchObject({
    code: 'store_refused',
    hint: expect.stringContaining('run restore again'),
  })
  expect(existsSync(path)).toBe(false)
  expect(await restore({ backup, path, clock: systemClock, at: AT })).toMatchObject({ queued: 1 })
  const { store } = await openAt(path)
  expect(store.depth('mom1')).toBe(1)
  await store.close()
})

test('a backup from before there were epoch files is held too, where it is restored on a new machine', async () => {
  const { backup } = await databases()
  const db = new Database(backup)
  db.prepare('UPDATE epoch SET filed = 0').run()
  db.close()
  const path = join(scratchDir('relay-'), 'relay.db')
  await restore({ backup, path, clock: systemClock, at: AT })
  const { store, held } = await openAt(path)
  expect(held).toEqual(['restored'])
  expect((await store.gate('mom1')).gate.state).toBe('held')
  await store.close()
  const again = await openAt(path)
  expect(again.held, 'once').toEqual([])
  await again.store.close()
})

test('beside a running relay a restore is refused, and says that it has to stop', async () => {
  const { path, backup } = await databases()
  const { store } = await openAt(path)
  await expect(restore({ backup, path, clock: systemClock, at: AT })).rejects.toMatchObject({
    code: 'store_refused',
    hint: 'stop the relay first, and start it again afterwards',
  })
  await store.close()
})
