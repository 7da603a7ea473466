import { expect, test } from 'vitest'
import { createCounters } from '../../src/base/counters.js'
import type { Asking } from '../../src/delivery/asking.js'
import { createHeal } from '../../src/delivery/heal.js'
import type { Read } from '../../src/egress/read.js'
import { bodyOf } from '../../src/ledger/resend.js'
import { type Delivery, NO_PROGRESS } from '../../src/model/delivery.js'
import { parseHops } from '../../src/model/hops.js'
import { randomIds } from '../../src/model/ids.js'
import type { AlertState, PeerAlert } from '../../src/model/ledger.js'
import type { Message } from '../../src/model/message.js'
import type { Outcome } from '../../src/model/outcome.js'
import { type AlertThere, StoreUnavailable } from '../../src/store/contract.js'
import { message } from '../egress/fixtures.js'
import { fields } from '../support/drafts.js'
import { createFakeClock } from '../support/fake-clock.js'

const state = (parts: Partial<AlertState> = {}): AlertState => ({
  ...fields(),
  ...{ id: 'ours', previousStatus: 'open', previousSeverity: 'indeterminate', trendIndication: 'moreSevere' },
  ...{ duplicateCount: 0, repeat: false, receiveTime: 1, lastReceiveId: 'ours', lastReceiveTime: 1, updateTime: 1 },
  statusUntil: 0,
  ...parts,
})
const key = { environment: 'Production', resource: 'web01', event: 'NodeDown', customer: null }
const open: AlertThere = {
  ...{ key, state: state(), stamp: 77, gone: false, alias: undefined, queued: false, wanted: true, unlike: true },
}
const peerAlert = (id: string): PeerAlert => ({
  ...{ ...key, id, lastReceiveId: id, severity: 'critical', status: 'open', lastReceiveTime: 1, history: [] },
  alert: fields(),
})
const found = (id: string): Read<PeerAlert | undefined> => ({ kind: 'read', value: peerAlert(id) })
const absent: Read<PeerAlert | undefined> = { kind: 'read', value: undefined }

const missed: Extract<Outcome, { kind: 'not found' }> = { kind: 'not found', alert: 'unknown', status: 404, note: 'no' }
const ok: Outcome = { kind: 'delivered', status: 200, note: 'status 200' }
const created: Outcome = { kind: 'delivered', status: 201, note: 'status 201', alias: 'new' }

interface Script {
  /** what the store knows; of two the second once the id was identified */
  readonly alerts: readonly (AlertThere | undefined)[]
  readonly byKey?: Read<PeerAlert | undefined>
  readonly byId?: Read<PeerAlert | undefined>
  /** answers to what is sent, in order */
  readonly answers?: readonly Outcome[]
  readonly delivery?: Partial<Delivery>
  readonly message?: Partial<Message>
}

/** A peer and a store that answer as they are told; what was done to them is told by `did`. */
async function heal(script: Script) {
  const did: string[] = []
  const sent: Message[] = []
  const answers = [...(script.answers ?? [])]
  const alerts = [...script.alerts]
  const counters = createCounters()
  const asking: Asking = {
    async byKey({ event }) {
      did.push(`asked for ${event}`)
      return script.byKey ?? absent
    },
    async byId(id) {
      did.push(`asked back ${id}`)
      return script.byId ?? absent
    },
  }
  const run = createHeal({
    async send({ message: one, alias }) {
      sent.push(one)
      did.push(`${one.kind} ${alias ?? one.alertId}`)
      return answers.shift() ?? ok
    },
    store: {
      alertOf: async () => (alerts.length > 1 ? alerts.shift() : alerts[0]),
      learn: async (_, alias) => void did.push(`learned ${alias}`),
      async identify(_, { by, alias }) {
        did.push(`identified by ${by} as ${alias}`)
        return true
      },
    },
    asking: () => asking,
    cameFrom: (hops) => (hops.length > 0 ? 'south' : undefined),
    bodyOf,
    ids: randomIds,
    clock: createFakeClock(),
    counters,
  })
  const delivery = {
    ...{ destination: 'north', ref: 7, attempt: 1, alias: undefined, sent: true, progress: NO_PROGRESS },
    message: message({ kind: 'action', alertId: 'ours', action: 'ack', ...script.message }),
    ...script.delivery,
  } as Delivery
  const outcome = await run(delivery, missed, new AbortController().signal)
  return { outcome, did, sent, healed: counters.snapshot()['healed.north'] ?? 0 }
}

test('an alert that is known there under another id is found by what it is about', async () => {
  const { outcome, did, healed } = await heal({ alerts: [open], byKey: found('theirs') })
  expect(did).toEqual(['asked for NodeDown', 'learned theirs', 'action theirs'])
  expect(outcome).toEqual({ ...ok, note: 'healed, known there as theirs: status 200' })
  expect(healed).toBe(1)
})

test('an alert that the peer has lost is sent again as it is, then the action', async () => {
  const { outcome, did, sent, healed } = await heal({
    alerts: [open],
    answers: [created, ok],
    message: { hops: parseHops('http://south') },
  })
  expect(did).toEqual(['asked for NodeDown', 'alert ours', 'learned new', 'action new'])
  expect(outcome.note).toBe('healed, its alert was sent again: status 200')
  expect(healed).toBe(1)
  const [alert, action] = sent
  expect(JSON.parse(String(alert?.body))).toMatchObject({ id: 'ours', resource: 'web01', severity: 'critical' })
  expect(alert?.messageId, 'a relay would take it for a copy of the action').not.toBe(action?.messageId)
  expect(alert, 'it goes the way of the action, and nobody sent it').toMatchObject({ stamp: 77, sender: '' })
  expect(alert?.hops).toEqual(action?.hops)
})

test.each(['tag', 'status', 'attributes'] as const)(
  'a %s of an alert that the peer has lost brings the alert back',
  async (kind) => {
    const { did, outcome } = await heal({ alerts: [open], answers: [created, ok], message: { kind, action: null } })
    expect(did).toEqual(['asked for NodeDown', 'alert ours', 'learned new', `${kind} new`])
    expect(outcome).toMatchObject({ kind: 'delivered' })
  },
)

test('a changed note that the peer has not, though it has the alert, is given up without a dead letter', async () => {
  const message = { kind: 'note', action: 'change', noteId: 'n1' } as const
  const { outcome } = await heal({ alerts: [open], byKey: found('theirs'), answers: [missed], message })
  expect(outcome).toMatchObject({ kind: 'suppressed', note: 'the note is not known there' })
})

test('an ack that holds for an hour is not for ever there: the alert comes back open, then acked', async () => {
  const acked = state({ status: 'ack', statusUntil: 3_600_000 })
  const { sent } = await heal({ alerts: [{ ...open, state: acked }], answers: [created, ok] })
  expect(JSON.parse(String(sent[0]?.body)).status).toBe('open')
  const forEver = await heal({ alerts: [{ ...open, state: { ...acked, statusUntil: 0 } }], answers: [created, ok] })
  expect(JSON.parse(String(forEver.sent[0]?.body)).status).toBe('ack')
})

test('nothing is brought back that is over here', async () => {
  const closed = await heal({ alerts: [{ ...open, state: state({ status: 'closed' }) }] })
  expect(closed.outcome).toMatchObject({ kind: 'suppressed', note: 'unknown there, and closed here' })
  const deleted = await heal({ alerts: [{ ...open, gone: true }], byKey: found('its successor') })
  expect(deleted.outcome).toMatchObject({ kind: 'suppressed', note: 'unknown there, and deleted here' })
  const silent = await heal({
    alerts: [{ ...open, state: state({ timeout: 60, lastReceiveTime: 1_000_000 - 60_001 }) }],
  })
  expect(silent.outcome).toMatchObject({ kind: 'suppressed', note: 'unknown there, and expired here' })
  expect([...closed.sent, ...deleted.sent, ...silent.sent]).toEqual([])
})

test('a destination that should not have the alert does not get it with an action', async () => {
  const { outcome, sent } = await heal({ alerts: [{ ...open, wanted: false }] })
  expect(outcome).toEqual(missed)
  expect(sent).toEqual([])
})

test('an action whose alert waits in another lane waits behind it', async () => {
  const { outcome, did } = await heal({ alerts: [{ ...open, queued: true }] })
  expect(outcome).toMatchObject({ kind: 'not found', alert: 'expected' })
  expect(did).toEqual([])
})

test("an action with a peer's own id is asked back there", async () => {
  const script = {
    byId: found('theirs'),
    byKey: found('north'),
    message: { alertId: 'f00d', hops: parseHops('http://s') },
  }
  const { outcome, did } = await heal({ ...script, alerts: [undefined, open] })
  expect(did).toEqual([
    'asked back f00d',
    'identified by south as theirs',
    'asked for NodeDown',
    'learned north',
    'action north',
  ])
  expect(outcome.kind).toBe('delivered')
  const known = await heal({ ...script, alerts: [undefined, { ...open, alias: 'north' }] })
  expect(known.did, 'its id there is known').toEqual([
    'asked back f00d',
    'identified by south as theirs',
    'action north',
  ])
})

test('an id that nobody knows is no reason to wait for ever, but a peer that is away is', async () => {
  const message = { alertId: 'f00d', hops: parseHops('http://s') }
  expect((await heal({ alerts: [undefined], message })).outcome).toEqual(missed)
  expect((await heal({ alerts: [undefined] })).did, 'from a sender that is no peer').toEqual([])
  const away = await heal({ alerts: [undefined], message, byId: { kind: 'failed', why: 'refused' } })
  expect(away.outcome).toMatchObject({ kind: 'not found', alert: 'expected', note: expect.stringContaining('refused') })
  const silent = await heal({ alerts: [undefined], message, byId: { kind: 'unreadable', why: 'answered 403' } })
  expect(silent.outcome).toEqual(missed)
})

test('a peer that cannot be read is healed without having been asked', async () => {
  const byKey = { kind: 'unreadable', why: 'answered 403' } as const
  const { did } = await heal({ alerts: [open], byKey, answers: [created, ok] })
  expect(did).toEqual(['asked for NodeDown', 'alert ours', 'learned new', 'action new'])
})

test('a peer whose lists fail is asked again later, but not for days', async () => {
  const byKey = { kind: 'failed', why: 'answered 500' } as const
  const asked = await heal({ alerts: [open], byKey })
  expect(asked.outcome).toMatchObject({ kind: 'not found', alert: 'expected' })
  expect(asked.sent).toEqual([])
  const after = await heal({ alerts: [open], byKey, answers: [created, ok], delivery: { attempt: 5 } })
  expect(after.outcome.kind).toBe('delivered')
})

test('what fails on the way is the outcome of the attempt', async () => {
  const timeout: Outcome = { kind: 'unknown', status: null, note: 'timeout' }
  expect((await heal({ alerts: [open], answers: [timeout] })).outcome).toMatchObject({ kind: 'unknown' })
  expect((await heal({ alerts: [open], answers: [created, timeout] })).outcome).toMatchObject({ kind: 'unknown' })
  const policy: Outcome = { kind: 'dead', cause: 'rejected', status: 403, note: '[POLICY] no' }
  const refused = await heal({ alerts: [open], answers: [policy] })
  expect(refused.outcome).toMatchObject({ kind: 'dead', note: 'its alert, sent again: [POLICY] no' })
  const blackout: Outcome = { kind: 'delivered', status: 202, note: 'in blackout' }
  const keptOut = await heal({ alerts: [open], answers: [blackout] })
  expect(keptOut.outcome).toMatchObject({ kind: 'suppressed', note: 'unknown there, and kept out: in blackout' })
  expect(refused.healed + keptOut.healed).toBe(0)
})

test('an action that finds nothing although its alert was just there has had its chance', async () => {
  const { outcome, healed } = await heal({ alerts: [open], byKey: found('theirs'), answers: [missed] })
  expect(outcome).toMatchObject({ kind: 'not found', alert: 'lost again' })
  expect(healed).toBe(0)
})

test('an alert from before the ledger cannot be sent again', async () => {
  const before = { ...open, state: undefined }
  expect((await heal({ alerts: [before] })).outcome).toMatchObject({ alert: 'lost again' })
  expect((await heal({ alerts: [before], delivery: { sent: false } })).outcome).toEqual(missed)
})

test('where the store cannot be read the action waits', async () => {
  const clock = createFakeClock()
  const run = createHeal({
    send: async () => ok,
    store: {
      alertOf: () => Promise.reject(new StoreUnavailable('the store cannot read')),
      learn: async () => {},
      identify: async () => false,
    },
    ...{
      asking: () => undefined,
      cameFrom: () => undefined,
      bodyOf,
      ids: randomIds,
      clock,
      counters: createCounters(),
    },
  })
  const delivery = { destination: 'north', message: message({ kind: 'action' }) } as Delivery
  expect(await run(delivery, missed, new AbortController().signal)).toMatchObject({ alert: 'expected' })
})
