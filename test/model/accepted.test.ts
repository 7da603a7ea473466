import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatAccepted, notAfter, parseAccepted } from '../../src/model/accepted.js'

const STAMP = Date.parse('2026-11-21T03:04:05.678Z')

const times = fc.integer({ min: 0, max: 8_640_000_000_000 })
const words = fc.string({ minLength: 1, unit: 'grapheme' })
const states = fc.oneof(
  fc.record(
    { severity: words, status: words, statusStamp: times, ofNormal: fc.constant(true as const) },
    { requiredKeys: ['status'] },
  ),
  fc.record({ severity: words }, { requiredKeys: [] }),
)

test('what a relay made of a message is read by the next one as it was meant', () => {
  fc.assert(
    fc.property(times, fc.option(states, { nil: undefined }), (stamp, became) => {
      expect(parseAccepted(formatAccepted(stamp, became))).toEqual({ stamp, became })
    }),
  )
})

test('it goes into a header', () => {
  fc.assert(fc.property(states, (became) => void expect(formatAccepted(STAMP, became)).toMatch(/^[\x20-\x7e]*$/)))
})

test.each([
  ['2026-11-21T03:04:05.678Z', STAMP, undefined],
  ['2026-11-21T03:04:05.678Z; nothing', STAMP, {}],
  ['2026-11-21T03:04:05.678Z;status=ack;severity=major', STAMP, { severity: 'major', status: 'ack' }],
  ['2026-11-21T03:04:05.678Z; later=words; status=ack', STAMP, { status: 'ack' }],
  ['2026-11-21T03:04:05.678Z; status=%E0%A4; severity=', STAMP, {}],
  ['2026-11-21T03:04:05.678Z; status=ack; status-since=soon', STAMP, { status: 'ack' }],
  ['yesterday; status=ack', undefined, undefined],
  ['', undefined, undefined],
])('"%s" is read as far as it can be', (header, stamp, became) => {
  expect(parseAccepted(header)).toEqual({ stamp, became })
})

test('nothing has been accepted later than now, whatever a clock elsewhere says', () => {
  const ahead = parseAccepted('+275760-09-13T00:00:00.000Z; status=ack; status-since=+275760-09-13T00:00:00.000Z')
  const here = notAfter(ahead, STAMP)
  expect(here).toEqual({ stamp: STAMP, became: { status: 'ack', statusStamp: STAMP } })
  expect(formatAccepted(STAMP + 1, here.became)).toContain('status=ack')
  expect(notAfter({ stamp: STAMP - 5, became: { status: 'ack' } }, STAMP)).toEqual({
    stamp: STAMP - 5,
    became: { status: 'ack' },
  })
  expect(notAfter({ stamp: undefined, became: undefined }, STAMP)).toEqual({ stamp: undefined, became: undefined })
})

test('a word with half a surrogate pair, as a peer may have it, goes out as what can be sent', () => {
  expect(formatAccepted(STAMP, { status: 'x\ud800' })).toContain('status=x%EF%BF%BD')
})
