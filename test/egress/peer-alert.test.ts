import { expect, test } from 'vitest'
import type { PeerAlert } from '../../src/model/ledger.js'
import { NEVER } from './client-of.js'
import { ALERT, answering, list, readerOf } from './reader-of.js'

const nested = (levels: number) => `${'['.repeat(levels)}1${']'.repeat(levels)}`

/** Of an answer in which this stands among the alert's members. */
async function told(member: string): Promise<PeerAlert | undefined> {
  const alert = `${JSON.stringify(ALERT).slice(0, -1)}, ${member}}`
  const reader = await readerOf(answering(`{"status": "ok", "alerts": [${alert}], "total": 1, "more": false}`))
  const read = await reader.page(1, NEVER)
  return read.kind === 'read' ? read.value.alerts[0] : undefined
}

test('an alert that a peer tells nested without end is known by its key and status, and is not to be kept', async () => {
  for (const member of ['attributes": {"deep": X}', 'rawData": X', 'value": X']) {
    for (const levels of [510, 100_000]) {
      const alert = await told(`"${member.replace('X', nested(levels))}`)
      expect(alert, member).toMatchObject({ id: 'p1', status: 'open', tooDeep: true })
      expect(alert?.alert, member).toMatchObject({ attributes: {}, rawData: null, value: null })
    }
  }
})

test('one nested as deep as a sender may nest it is whole', async () => {
  const alert = await told(`"attributes": {"deep": ${nested(490)}}`)
  expect(JSON.stringify(alert?.alert.attributes)).toBe(`{"deep":${nested(490)}}`)
  expect(alert?.tooDeep).toBeUndefined()
})

test('ids that mean another path are none', async () => {
  for (const id of ['', '.', '..', 'x'.repeat(257)]) {
    for (const member of ['id', 'lastReceiveId']) {
      const read = await (await readerOf(answering(list({ ...ALERT, [member]: id })))).page(1, NEVER)
      expect(read).toEqual({ kind: 'unreadable', why: `alert 1 of the answer has no valid ${member}` })
    }
  }
})
