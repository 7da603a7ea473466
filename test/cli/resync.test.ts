import { expect, test } from 'vitest'
import type { Io } from '../../src/cli/io.js'
import type { RunningRelay } from '../../src/cli/operator.js'
import { askedOf, follow } from '../../src/cli/resync.js'

/** A relay whose resync has these states, one after the other. */
function relayOf(...states: readonly object[]): RunningRelay {
  const left = [...states]
  return {
    ask: async () => ({ resync: left.length > 1 ? left.shift() : left[0] }),
    async *lines() {},
    async *events() {},
  }
}

function ioOf(isTTY: boolean): { io: Io; written: () => string } {
  const written: string[] = []
  const stdout = { write: (text: string) => void written.push(text), isTTY }
  const io = { stdout, stderr: stdout, env: {}, signal: new AbortController().signal }
  return { io, written: () => written.join('') }
}

const BASE = { plan: { by: 'diff' }, note: null, running: true }
const STATES = [
  { ...BASE, phase: 'reading', tally: { read: 500, told: 1_200 } },
  { ...BASE, phase: 'queuing', tally: { seen: 10, held: 1_300, queued: 4 } },
  { ...BASE, phase: 'done', running: false, tally: { queued: 7, 'missing there': 6, differs: 1 } },
]

test('on a terminal the progress is one line that changes', async () => {
  const { io, written } = ioOf(true)
  expect(await follow('mom1', relayOf(...STATES), io)).toBe(0)
  expect(written().split('\r\x1b[K')).toEqual([
    '',
    '[########------------] mom1: reading its alerts, 500 of 1200',
    '[--------------------] mom1: comparing and queuing, 10 of 1300 alerts, 4 messages queued',
    'mom1: done, 7 messages queued: 6 missing there, 1 differs\n',
  ])
})

test('elsewhere each phase is a line', async () => {
  const { io, written } = ioOf(false)
  const [reading, queuing, done] = STATES as [object, object, object]
  await follow('mom1', relayOf(reading, reading, queuing, queuing, done), io)
  expect(written().match(/^mom1: \w+/gm)).toEqual(['mom1: reading', 'mom1: comparing', 'mom1: done'])
})

test('a resync that fails is told with its reason and exit code', async () => {
  const { io, written } = ioOf(false)
  const failed = { ...BASE, plan: { by: 'from' }, phase: 'failed', running: false, tally: {}, note: 'answered 403' }
  expect(await follow('mom1', relayOf(failed), io)).toBe(1)
  expect(written()).toBe('mom1: failed (answered 403)\n')
})

test('what the operator chose is asked for', () => {
  expect(askedOf({})).toEqual({ by: 'diff', match: {} })
  expect(askedOf({ all: true, since: '2h', match: ['severity=critical', 'severity=major', 'text=a=b'] })).toEqual({
    by: 'all',
    since: '2h',
    match: { severity: ['critical', 'major'], text: ['a=b'] },
  })
  expect(() => askedOf({ from: true, dryRun: true })).toThrow('--from takes no')
})
