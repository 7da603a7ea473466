import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type JsonObject, parseObject, rawText } from '../../src/ingress/json-object.js'
import { splice } from '../../src/ingress/splice.js'

const parse = (text: string | Buffer): JsonObject => {
  const parsed = parseObject(Buffer.from(text))
  if (!parsed.ok) throw new Error(parsed.problem)
  return parsed.value
}
const add = (text: string | Buffer, additions: Record<string, string>): string =>
  splice(parse(text), new Map(Object.entries(additions))).toString()

describe('what is added to a body', () => {
  test.each([
    ['{"a":1}', { id: 'x' }, '{"id":"x","a":1}'],
    ['{ "a" : 1 }', { id: 'x', createTime: 't' }, '{"id":"x","createTime":"t", "a" : 1 }'],
    ['{}', { createTime: 't' }, '{"createTime":"t"}'],
    [' {\n} ', { id: 'x' }, ' {"id":"x"\n} '],
    ['{"id":null,"a":1}', { id: 'x' }, '{"id":"x","a":1}'],
    ['{"a":1,"id" : null }', { id: 'x' }, '{"a":1,"id" : "x" }'],
    ['{"\\u0069d":null}', { id: 'x' }, '{"\\u0069d":"x"}'],
    ['{"id":"first","id":null}', { id: 'x' }, '{"id":"first","id":"x"}'],
    ['{"a":{"id":null},"b":[{"id":1}]}', { id: 'x' }, '{"id":"x","a":{"id":null},"b":[{"id":1}]}'],
    ['{"a":"\\"id\\":null}","id":""}', { id: 'x' }, '{"a":"\\"id\\":null}","id":"x"}'],
    ['{"a":"\\\\","id":null}', { id: 'é"\\' }, '{"a":"\\\\","id":"é\\"\\\\"}'],
    ['{"n":12345678901234567890,"f":1.0e0}', { id: 'x' }, '{"id":"x","n":12345678901234567890,"f":1.0e0}'],
    ['\uFEFF{"a":1}', { id: 'x' }, '\uFEFF{"id":"x","a":1}'],
  ])('%s', (before, additions, after) => {
    expect(add(before, additions as Record<string, string>)).toBe(after)
  })

  test('nothing added, nothing changed: the very same bytes', () => {
    const bytes = Buffer.from('{"id":"x"}')
    expect(splice(parse(bytes), new Map())).toEqual(bytes)
  })
})

/** Objects as they may come: with ids or without, with blanks between everything. */
const written = fc
  .record({
    fields: fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('id', 'createTime', '__proto__')), fc.jsonValue()),
    indent: fc.constantFrom(undefined, 1, '\t', ' \n'),
  })
  .map(({ fields, indent }) => JSON.stringify(fields, null, indent))
  .filter((text) => parseObject(Buffer.from(text)).ok)

test('whatever came in comes out with the member set, and taking it out again gives the bytes that came', () => {
  fc.assert(
    fc.property(written, fc.string({ unit: 'grapheme' }), (text, id) => {
      const before = JSON.parse(text) as Record<string, unknown>
      const after = Buffer.from(add(text, { id }))
      const set = new Map(Object.entries(JSON.parse(after.toString()) as object))
      expect(set).toEqual(new Map(Object.entries(before)).set('id', id))

      const range = parse(after).scan.members.get('id')
      if (range === undefined) throw new Error('id is missing')
      const replaced = Object.hasOwn(before, 'id')
      const head = after.subarray(0, range.start).toString()
      const tail = after.subarray(range.end).toString()
      const original = replaced
        ? head + rawText(parse(text), 'id') + tail
        : head.slice(0, -'"id":'.length) + tail.replace(/^,/, '')
      expect(original).toBe(text)
    }),
  )
})

test('the raw text of each member is that member', () => {
  fc.assert(
    fc.property(written, (text) => {
      const object = parse(text)
      for (const [name, value] of Object.entries(object.fields)) {
        expect(JSON.parse(rawText(object, name) as string)).toEqual(value)
      }
    }),
  )
})

describe('what cannot be read is refused', () => {
  const deep = (levels: number) => `{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`
  test.each([
    ['nothing', '', /not valid JSON/],
    ['half an object', '{"a":', /not valid JSON/],
    ['two objects', '{}{}', /not valid JSON/],
    ['NaN', '{"a":NaN}', /not valid JSON/],
    ['a raw control character', '{"a":"\n"}', /not valid JSON/],
    ['an array', '[{}]', /must be a JSON object/],
    ['null', 'null', /must be a JSON object/],
    ['a text', '"a"', /must be a JSON object/],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), /UTF-8/],
    ['an encoded surrogate', Buffer.from([0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x3a, 0x31, 0x7d]), /UTF-8/],
    ['a NUL character deep inside', '{"a":[{"b":"x\\u0000"}]}', /NUL/],
    ['a NUL character in a key', '{"a\\u0000":1}', /NUL/],
    ['half a surrogate pair', '{"a":"\\ud83d"}', /surrogates/],
    ['nesting without end', deep(100_000), /nested deeper/],
    ['one level too many', deep(501), /nested deeper/],
  ])('%s', (_, text, problem) => {
    expect(parseObject(Buffer.from(text))).toMatchObject({ ok: false, problem: expect.stringMatching(problem) })
  })

  test.each([
    ['an escaped backslash before u0000', '{"a":"\\\\u0000"}'],
    ['a whole surrogate pair', '{"a":"\\ud83d\\ude00"}'],
    ['500 levels', deep(500)],
  ])('but not %s', (_, text) => {
    expect(parseObject(Buffer.from(text))).toMatchObject({ ok: true })
  })
})
