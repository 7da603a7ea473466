import { expect, test } from 'vitest'
import { createArrived } from '../../src/delivery/arrived.js'
import { createAsking } from '../../src/delivery/asking.js'
import type { Read } from '../../src/egress/read.js'
import { ALERTA_SEVERITIES } from '../../src/model/alert.js'
import { type Delivery, NO_PROGRESS } from '../../src/model/delivery.js'
import type { PeerAlert } from '../../src/model/ledger.js'
import type { Message } from '../../src/model/message.js'
import type { AlertThere } from '../../src/store/contract.js'
import { message } from '../egress/fixtures.js'
import { fields } from '../support/drafts.js'
import { createFakeClock } from '../support/fake-clock.js'

const peerAlert = (parts: Partial<PeerAlert> = {}): PeerAlert => ({
  ...{ environment: 'Production', resource: 'web01', event: 'NodeDown', customer: null },
  ...{ id: 'theirs', lastReceiveId: 'a1', severity: 'critical', status: 'closed', lastReceiveTime: 500, history: [] },
  alert: fields(),
  ...parts,
})

/** What is asked for, and the note of what was found; the try before this one was sent and not answered. */
async function after(
  parts: Partial<Message>,
  there: Read<PeerAlert | undefined>,
  { unlike = true, unknowns = 1 } = {},
): Promise<{ asked: readonly string[]; outcome: unknown }> {
  const asked: string[] = []
  const arrived = createArrived({
    store: { alertOf: async () => ({ unlike }) as AlertThere },
    asking: {
      async byId(id) {
        asked.push(id)
        return there
      },
      byKey: async () => there,
    },
    severities: ALERTA_SEVERITIES,
  })
  const delivery = { message: message(parts), alias: 'theirs', progress: { ...NO_PROGRESS, unknowns } } as Delivery
  return { outcome: await arrived(delivery, new AbortController().signal), asked }
}

const read = (alert: PeerAlert | undefined): Read<PeerAlert | undefined> => ({ kind: 'read', value: alert })
const critical = { body: Buffer.from('{"severity":"critical"}') }
const restart = { kind: 'action', action: 'restart', body: Buffer.from('{"action":"restart","text":"now"}') } as const
const entry = { id: 'theirs', type: 'action', text: 'now', status: 'open', updateTime: 700 }

test('an alert that was closed there after an unanswered try is not opened again', async () => {
  const { asked, outcome } = await after(critical, read(peerAlert()))
  expect(asked).toEqual(['a1'])
  expect(outcome).toEqual({ kind: 'delivered', status: null, note: 'had arrived', alias: 'theirs' })
  expect((await after(critical, read(peerAlert({ id: 'a1', lastReceiveId: 'later' })))).outcome).toBeDefined()
})

test('nobody is asked where a second one does no harm', async () => {
  const ack = { kind: 'action', action: 'ack', body: Buffer.from('{"action":"ack"}') } as const
  const clear = { body: Buffer.from('{"severity":"ok"}') }
  for (const parts of [ack, clear, { kind: 'delete', body: null } as const]) {
    expect(await after(parts, read(peerAlert()))).toEqual({ asked: [], outcome: undefined })
  }
  expect(await after(critical, read(peerAlert()), { unknowns: 0 })).toEqual({ asked: [], outcome: undefined })
})

test('in doubt it is sent', async () => {
  const elsewhere = read(peerAlert({ lastReceiveId: 'before' }))
  const doubts: readonly Read<PeerAlert | undefined>[] = [
    elsewhere,
    read(undefined),
    { kind: 'unreadable', why: 'answered 403' },
    { kind: 'failed', why: 'timeout' },
  ]
  for (const doubt of doubts) expect((await after(critical, doubt)).outcome).toBeUndefined()
  const old = { ...critical, acceptedAt: 10 * 60_000 }
  expect((await after(old, read(peerAlert()))).outcome, 'received long before it was accepted').toBeUndefined()
})

test('repeats that all have one id cannot be told apart: they are sent', async () => {
  expect(await after(critical, read(peerAlert()), { unlike: false })).toEqual({ asked: [], outcome: undefined })
})

test('a custom action that nobody answered to is not executed twice', async () => {
  const { asked, outcome } = await after(restart, read(peerAlert({ history: [entry] })))
  expect(asked).toEqual(['theirs'])
  expect(outcome).toEqual({ kind: 'delivered', status: null, note: 'had arrived' })
  const noText = { ...restart, body: Buffer.from('{"action":"restart"}') }
  const byDefault = { ...entry, text: 'restart operator action' }
  expect((await after(noText, read(peerAlert({ history: [byDefault] })))).outcome).toBeDefined()
})

test('a custom action of which the history says nothing is sent', async () => {
  for (const history of [[], [{ ...entry, text: 'later' }], [{ ...entry, type: 'ack' }]]) {
    expect((await after(restart, read(peerAlert({ history })))).outcome).toBeUndefined()
  }
  const later = { ...restart, acceptedAt: 701 }
  expect((await after(later, read(peerAlert({ history: [entry] })))).outcome, 'it is an older one').toBeUndefined()
})

test('a peer that cannot be read is not asked again for a while', async () => {
  const clock = createFakeClock()
  let questions = 0
  let answer: Read<PeerAlert | undefined> = { kind: 'unreadable', why: 'answered 403' }
  const question = async () => {
    questions += 1
    return answer
  }
  const asking = createAsking({ byId: question, byKey: question }, clock)
  const { signal } = new AbortController()
  for (let i = 0; i < 3; i += 1) expect(await asking.byId('a1', signal)).toEqual(answer)
  expect(questions).toBe(1)
  await clock.advance(10 * 60_000)
  answer = read(peerAlert())
  expect([await asking.byId('a1', signal), await asking.byId('a1', signal)]).toEqual([answer, answer])
  expect(questions).toBe(3)
})

test('a note whose adding was not answered is not there twice, and its id there is known from then on', async () => {
  const note = { kind: 'note', action: 'add', noteId: 'n1', body: Buffer.from('{"id":"n1","text":"now"}') } as const
  const written = { ...entry, id: 'note-there', type: 'note' }
  const { asked, outcome } = await after(note, read(peerAlert({ history: [written] })))
  expect(asked).toEqual(['theirs'])
  expect(outcome).toMatchObject({ kind: 'delivered', alias: 'note-there' })
  expect((await after(note, read(peerAlert({ history: [{ ...written, text: 'another' }] })))).outcome).toBeUndefined()
})
