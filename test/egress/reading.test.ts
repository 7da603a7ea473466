import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createReading, MAX_ANSWER_BYTES, MAX_SKIMMED_BYTES } from '../../src/egress/reading.js'
import { createSkimmer } from '../../src/egress/skim.js'

function skim(text: string, size = 7): Readonly<Record<string, string>> | undefined {
  const skimmer = createSkimmer()
  const bytes = Buffer.from(text)
  for (let i = 0; i < bytes.length; i += size) if (!skimmer.push(bytes.subarray(i, i + size))) return undefined
  return skimmer.end()
}

describe('skimming a long answer', () => {
  test('finds what stands after a long alert', () => {
    expect(skim('{"alert": {"id": "inner", "text": "}\\"{"}, "id" : "p1",\n"status":"ok"}')).toEqual({
      id: 'p1',
      status: 'ok',
    })
  })
  test('agrees with JSON.parse about every short top-level string, however the bytes are cut', () => {
    const member = fc.oneof(fc.string({ unit: 'grapheme', minLength: 1 }), fc.jsonValue())
    const documents = fc.dictionary(fc.string(), member, { noNullPrototype: true })
    fc.assert(
      fc.property(documents, fc.integer({ min: 1, max: 20 }), fc.constantFrom(0, 2), (value, size, indent) => {
        const text = JSON.stringify(value, null, indent)
        const strings = Object.entries(JSON.parse(text) as object).filter(([, v]) => typeof v === 'string' && v !== '')
        expect(skim(text, size)).toEqual(Object.fromEntries(strings))
      }),
    )
  })
  test.each([
    '',
    '<html>',
    '[{"id":"a"}]',
    '"text"',
    '{"id":"p1"',
    '{"id":"p1"}<html>',
    '{id:"p1"}',
    '{"id" "p1"}',
    '{"id":"\\x"}',
    '{"id":"a",}',
  ])('%j is no JSON object', (text) => {
    expect(skim(text)).toBeUndefined()
  })
  test('a long text is passed over', () => {
    expect(skim(JSON.stringify({ message: 'x'.repeat(5000), id: 'p1' }))).toEqual({ id: 'p1' })
  })
})

describe('reading', () => {
  test('an answer up to the limit is kept as it is', () => {
    const reading = createReading()
    const text = 'ü'.repeat(MAX_ANSWER_BYTES / 2)
    expect(reading.push(Buffer.from(text))).toBe(true)
    expect(reading.end()).toEqual({ body: text, oversized: false })
  })
  test('a longer one that is cut short is too long to be understood', () => {
    const reading = createReading()
    expect(reading.push(Buffer.from(`{"id":"p1","text":"${'x'.repeat(MAX_ANSWER_BYTES)}`))).toBe(true)
    expect(reading.end()).toEqual({ body: undefined, oversized: true })
  })
  test('nobody may talk for ever', () => {
    const reading = createReading()
    const chunk = Buffer.alloc(1024 * 1024, ' ')
    let taken = 0
    while (reading.push(chunk)) taken += chunk.length
    expect(taken).toBe(MAX_SKIMMED_BYTES)
    expect(reading.end()).toEqual({ body: undefined, oversized: true })
  })
})
