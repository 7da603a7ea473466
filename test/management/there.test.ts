import { expect, test } from 'vitest'
import type { WorkerState } from '../../src/management/status.js'
import { thereOf } from '../../src/management/there.js'
import type { Gate } from '../../src/model/gate.js'
import { parseMessageId } from '../../src/model/ids.js'
import type { Kind, Message } from '../../src/model/message.js'
import type { AlertStory, DeliveryStory, MessageStory } from '../../src/model/story.js'
import { route } from '../contract/bench.js'
import { fields } from '../support/drafts.js'

const NOW = 100_000
const delivery = (state: DeliveryStory['state'], more: Partial<DeliveryStory> = {}): DeliveryStory => ({
  ...{ destination: 'mom1', state, endedAt: state === 'queued' ? null : 5_000, attempts: 0, status: null, note: null },
  ...{ notBefore: null, sendingSince: null, by: null, tries: [], tried: 0, ahead: undefined },
  ...more,
})
let n = 0
const story = (kind: Kind, to: DeliveryStory | MessageStory['skipped'][number]['why']): MessageStory => {
  n += 1
  const messageId = parseMessageId(`01a1ff96-b368-73dc-8e71-${String(n).padStart(12, '0')}`)
  const message = { messageId, kind, action: null, alertId: 'x', body: null, hops: [], acceptedAt: 1_000 }
  return {
    message: message as unknown as Message,
    about: undefined,
    deliveries: typeof to === 'string' ? [] : [to],
    skipped: typeof to === 'string' ? [{ destination: 'mom1', why: to }] : [],
    replayOf: null,
    replayedAs: [],
  }
}
type Standing = AlertStory['standing'][number]
const SENT: Standing = { destination: 'mom1', mark: 'open', alias: undefined, sent: true }

function why(
  messages: readonly MessageStory[],
  standing: Standing | undefined,
  worker: Partial<WorkerState> = {},
  resyncDue = false,
) {
  const alert = { messages, standing: standing === undefined ? [] : [standing], older: 0 } as unknown as AlertStory
  const state = { ...fields(), severity: 'minor' } as AlertStory['state']
  const flowing = { gate: { state: 'flowing' }, breaker: 'closed', pausedUntil: 0, breakerOpenUntil: 0 }
  const workerOf = () => ({ ...flowing, ...worker }) as WorkerState
  const config = route('mom1', { match: [{ field: 'severity', patterns: ['critical'] }], forward: ['actions'] })
  const there = thereOf({ ...alert, state }, 'mom1', undefined, { workerOf, route: config, now: NOW, resyncDue })
  return {
    should: `${there.should.is}: ${there.should.why}`,
    has: `${there.has.is}: ${there.has.why}`,
    next: there.next,
    help: there.help.map(({ command }) => command),
  }
}

test('an alert that does not match, or that the forward words keep back, should not be there, whatever its actions', () => {
  expect(why([story('alert', 'match')], undefined)).toMatchObject({
    should: 'no: it does not match: severity is minor, wanted is critical',
    has: expect.stringMatching(/^no: /),
    help: [],
  })
  const kept = [story('alert', 'filter'), story('action', delivery('delivered'))]
  expect(why(kept, { ...SENT, sent: false }).should).toBe('no: forward [actions] has no word for it')
  expect(why([], undefined).should).toMatch(/^unknown: /)
})

test('one that arrived is there, one whose later message waits or died has not its newest', () => {
  const arrived = story('alert', delivery('delivered'))
  expect(why([arrived], SENT)).toMatchObject({ has: 'yes: the last to arrive was alert normal', help: [] })
  expect(why([arrived, story('action', delivery('queued'))], SENT).has).toMatch(/^not its newest: /)
  const died = story('action', delivery('dead'))
  expect(why([arrived, died], SENT)).toMatchObject({
    has: expect.stringMatching(/^not its newest: /),
    help: [`replay mom1 --message ${died.message.messageId}`],
  })
  expect(why([died, arrived], SENT).has).toMatch(/^yes: /)
})

test('what came from there is there, and what was deleted there is not any more', () => {
  expect(why([story('alert', 'already passed')], SENT).has).toBe('yes: it came from there')
  const gone = why([story('alert', delivery('delivered')), story('delete', delivery('delivered'))], {
    ...SENT,
    mark: 'gone',
  })
  expect([gone.should, gone.has]).toEqual([
    'not any more: its delete was queued there, or came from there',
    'no: its delete has arrived there',
  ])
})

test('each obstacle names what the relay does by itself, and the command that helps', () => {
  const waiting = [story('alert', delivery('queued'))]
  const suspended = { state: 'suspended', why: '', hint: '', since: 0, probe: 'request', probeAt: 0, probes: 0 } as Gate
  expect(why(waiting, SENT, { gate: { state: 'held', why: 'x', since: 0 } })).toMatchObject({
    next: 'nothing until the destination is released',
    help: ['release mom1'],
  })
  expect(why(waiting, SENT, { gate: suspended })).toMatchObject({ help: ['release mom1'] })
  expect(why(waiting, SENT, { breaker: 'open' })).toMatchObject({ help: ['retry mom1'] })
  expect(why(waiting, SENT, { pausedUntil: NOW + 1 })).toMatchObject({ help: ['retry mom1'] })
  const later = [story('alert', delivery('queued', { notBefore: NOW + 1 }))]
  expect(why(later, SENT)).toMatchObject({ next: 'it is tried again', help: ['retry mom1'] })
  expect(why(waiting, SENT)).toMatchObject({ help: [] })
  expect(why([story('alert', delivery('discarded'))], SENT)).toMatchObject({ help: ['resync mom1'] })
  expect(why([story('alert', 'queue full')], SENT)).toMatchObject({ help: ['resync mom1'] })
})

test('after an overflow the resync is said to begin by itself, and only where it has to bring the alert', () => {
  const byItself = 'a resync brings it, which begins by itself when all that is queued there has gone'
  const nothing = 'nothing by itself: nothing about it waits'
  expect(why([story('alert', 'queue full')], undefined, {}, true).next).toBe(byItself)
  expect(why([story('alert', 'queue full')], undefined, {}, false).next).toBe(nothing)
  expect(why([story('alert', 'filter')], undefined, {}, true).next).toBe(nothing)
  expect(why([story('alert', delivery('delivered'))], SENT, {}, true).next).toBe(nothing)
})
