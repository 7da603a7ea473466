import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { databaseIn } from '../../src/config/database-place.js'

function placeIn(text: string, env: NodeJS.ProcessEnv = {}) {
  const file = join(mkdtempSync(join(tmpdir(), 'relay-place-')), 'relay.yaml')
  writeFileSync(file, text)
  return databaseIn(file, env)
}

const WELL = 'base_url: http://127.0.0.1:8080\nauth: { required: false }\n'
const PLACE = 'database_url: sqlite:/var/lib/relay.db\n'

test.each([
  ['a secret that is in the environment of the service only', `${WELL}${PLACE}cors_origins: ["\${NOT_HERE}"]\n`],
  ['a key that is misspelt', `${WELL}${PLACE}listn: 127.0.0.1:1\n`],
  ['an edit that is half done', `${WELL}${PLACE}destinations: [\n`],
])('the running relay is found although the file has %s', (_, text) => {
  expect(placeIn(text)).toEqual({ ok: true, database_url: 'sqlite:/var/lib/relay.db' })
})

test('without database_url it is the default one, and DATABASE_URL goes before all', () => {
  expect(placeIn(`${WELL}listen: x\n`)).toEqual({ ok: true, database_url: 'sqlite:data/relay.db' })
  expect(placeIn(`${PLACE}x: [`, { DATABASE_URL: 'sqlite:here.db' })).toEqual({
    ok: true,
    database_url: 'sqlite:here.db',
  })
})

test.each([
  ['names it by a variable that is not set', 'database_url: "sqlite:${DATA}/relay.db"\n'],
  ['breaks off before it could be read', 'destinations: [\n'],
  ['has something else there', 'database_url: [1]\n'],
])('a file that %s is refused with its problems', (_, text) => {
  const place = placeIn(text)
  expect(place.ok ? [] : place.problems).not.toEqual([])
})

test('a file that is not there is refused', () => {
  expect(databaseIn('/nowhere/relay.yaml', {})).toMatchObject({ ok: false })
})
