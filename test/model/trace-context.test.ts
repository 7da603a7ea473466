import { expect, test } from 'vitest'
import { randomIds } from '../../src/model/ids.js'
import type { Message } from '../../src/model/message.js'
import { childOf, parseTrace, traceOf, traceparent, traceText } from '../../src/model/trace-context.js'
import { passOn } from '../../src/model/tracing.js'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const SPAN = '00f067aa0ba902b7'
const GOOD = `00-${TRACE}-${SPAN}-01`

test('a traceparent as the standard shows it, with and without a tracestate', () => {
  const trace = parseTrace(GOOD, 'congo=t61rcWkgMzE,rojo=00f067aa0ba902b7')
  expect(trace).toEqual({ traceId: TRACE, spanId: SPAN, flags: '01', state: 'congo=t61rcWkgMzE,rojo=00f067aa0ba902b7' })
  expect(parseTrace(GOOD, undefined)?.state).toBeUndefined()
  expect(parseTrace(GOOD, '')?.state).toBeUndefined()
})

test('a later version is read as far as it is known, and told in ours', () => {
  const trace = parseTrace(`cc-${TRACE}-${SPAN}-01-what-the-future-will-be-like`, undefined)
  expect(trace && traceparent(trace)).toBe(GOOD)
})

test.each([
  ['nothing', undefined],
  ['an empty one', ''],
  ['one that is no trace', 'hello'],
  ['the version that cannot be', `ff-${TRACE}-${SPAN}-01`],
  ['no trace id', `00-${'0'.repeat(32)}-${SPAN}-01`],
  ['no span id', `00-${TRACE}-${'0'.repeat(16)}-01`],
  ['capitals', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
  ['more than this version has', `${GOOD}-more`],
  ['a later version that goes on without a dash', `cc-${TRACE}-${SPAN}-01x`],
  ['two of them', `${GOOD}, ${GOOD}`],
  ['a line break', `${GOOD}\n`],
])('%s is no trace', (_what, header) => {
  expect(parseTrace(header, 'a=b')).toBeUndefined()
})

test.each([
  ['too long', 'a'.repeat(513)],
  ['not of ASCII', 'a=ä'],
])('a tracestate that is %s is left out, the trace goes on', (_what, state) => {
  expect(parseTrace(GOOD, state)).toEqual({ traceId: TRACE, spanId: SPAN, flags: '01', state: undefined })
})

test('what is kept is what comes out again', () => {
  for (const state of [undefined, 'a=b', 'x'.repeat(512)]) {
    const trace = { traceId: TRACE, spanId: SPAN, flags: '00', state }
    expect(traceOf(traceText(trace))).toEqual(trace)
  }
  expect(traceOf('damaged')).toBeUndefined()
})

test('each try is a step of its own in the same trace; without a trace there is none', () => {
  const trace = parseTrace(GOOD, 'a=b')
  const tracing = passOn(randomIds)
  expect(tracing.receive(trace, 0).trace).toEqual(trace)
  const tried = (message: Partial<Message>) =>
    tracing.attempt({ destination: 'mom1', message: message as Message, attempt: 1 }).trace
  const [first, second] = [tried({ trace }), tried({ trace })]
  expect(first).toEqual({ ...trace, spanId: expect.stringMatching(/^[0-9a-f]{16}$/) })
  expect(new Set([first?.spanId, second?.spanId, SPAN]).size).toBe(3)
  expect(tried({})).toBeUndefined()
  expect(trace && childOf(trace, 'b'.repeat(16)).spanId).toBe('b'.repeat(16))
})
