import pc from 'picocolors'
import { expect, test } from 'vitest'
import { happeningLine } from '../../src/cli/happening.js'

const plain = pc.createColors(false)
const NOW = Date.parse('2026-11-21T12:00:00.000Z')
const at = (seconds: number) => new Date(NOW + seconds * 1_000).toISOString()

const base = { id: 'b-1', time: at(0), level: 'info', message: 'm1', request: 'r1' }
test.each([
  [
    {
      ...base,
      what: 'message accepted',
      kind: 'alert',
      alert: '0c2f1a2b-9d1e',
      queued: ['mom1', 'mom2'],
      skipped: 1,
      credential: 'key test',
      ms: 3,
    },
    '12:00:00.000  message accepted    alert 0c2f1a2b  → mom1, mom2 (1 skipped)  3 ms  key test',
  ],
  [
    {
      ...base,
      what: 'message accepted',
      kind: 'heartbeat',
      origin: 'probe1',
      queued: [],
      skipped: 2,
      credential: 'key test',
      ms: 3,
    },
    '12:00:00.000  message accepted    heartbeat probe1  → nobody (2 skipped)  3 ms  key test',
  ],
  [
    {
      ...base,
      what: 'delivery attempted',
      kind: 'alert',
      alert: '0c2f1a2b-9d1e',
      destination: 'mom1',
      attempt: 1,
      outcome: 'delivered',
      status: 201,
      note: 'status 201',
      to: 'delivered',
      ms: 12,
    },
    '12:00:00.000  delivery attempted  alert 0c2f1a2b → mom1  delivered 201  12 ms',
  ],
  [
    {
      ...base,
      what: 'delivery attempted',
      kind: 'alert',
      alert: '0c2f1a2b-9d1e',
      destination: 'mom1',
      attempt: 3,
      outcome: 'unknown',
      status: null,
      note: 'no answer within 2 s',
      to: 'dead',
      ms: 2_000,
    },
    '12:00:00.000  delivery attempted  alert 0c2f1a2b → mom1  unknown dead, try 3  2000 ms  no answer within 2 s',
  ],
  [
    {
      ...base,
      level: 'warn',
      what: 'breaker changed',
      destination: 'mom1',
      breaker: 'open',
      nextProbe: at(5),
      streak: 1,
    },
    '12:00:00.000  breaker changed     mom1  breaker=open  nextProbe=12:00:05.000  streak=1',
  ],
])('%#: a line of the activity says what happened', (one, expected) => {
  expect(happeningLine(one, { width: 120, paint: plain })).toBe(expected)
  expect([...happeningLine(one, { width: 40, paint: plain })].length).toBeLessThanOrEqual(40)
})

test('what others have sent does not steer the terminal', () => {
  const line = happeningLine(
    { ...base, what: 'message accepted', kind: 'heartbeat', origin: 'x\u001b[2J', queued: [] },
    { width: 120, paint: plain },
  )
  expect(line).toContain('x\\u{1b}[2J')
})
