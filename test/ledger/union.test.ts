import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { carry, collect } from '../../src/ledger/union.js'

const carried = (body: string, tags: string[], attributes: Record<string, unknown>): string =>
  carry(Buffer.from(body), { tags, attributes }).toString()

describe('the survivor of a fold', () => {
  test('that has everything already goes out as the very same bytes', () => {
    const body = Buffer.from('{"tags":["b","a"], "attributes":{"k":1}}')
    expect(carry(body, { tags: ['a'], attributes: { k: 2 } })).toBe(body)
    expect(carry(body, { tags: [], attributes: {} })).toBe(body)
  })

  test('gets the missing tags and attributes where its own stand, and all else stays byte for byte', () => {
    expect(
      carried('{ "n": 1.50, "tags": ["b"],"attributes" : { "k": 1e400, "k2":"é" } , "x":1}', ['a', 'b'], {
        k: 2,
        l: [3],
      }),
    ).toBe('{ "n": 1.50, "tags": ["b","a"],"attributes" : {"l":[3], "k": 1e400, "k2":"é" } , "x":1}')
  })

  test('gets them though it has none of its own', () => {
    expect(carried('{"id":"a"}', ['a'], { k: 1 })).toBe('{"tags":["a"],"attributes":{"k":1},"id":"a"}')
    expect(carried('{"tags":[],"attributes":{}}', ['a'], { k: 1 })).toBe('{"tags":["a"],"attributes":{"k":1}}')
  })

  test('loses no attribute to its name', () => {
    const body = carried('{"attributes":{"toString":1}}', [], JSON.parse('{"__proto__":{"a":1},"constructor":2}'))
    expect(body).toBe('{"attributes":{"__proto__":{"a":1},"constructor":2,"toString":1}}')
  })
})

const bodies = fc.record(
  {
    tags: fc.array(fc.string()),
    attributes: fc.dictionary(fc.string(), fc.jsonValue()),
    text: fc.string(),
    value: fc.jsonValue(),
  },
  { requiredKeys: [] },
)

test('a peer ends with the tags and attributes that it would have after all the repeats', () => {
  fc.assert(
    fc.property(fc.array(bodies), bodies, (repeats, last) => {
      const buffers = repeats.map((body) => Buffer.from(JSON.stringify(body)))
      const folded = buffers
        .map(collect)
        .reduce(
          (all, one) => ({ tags: [...all.tags, ...one.tags], attributes: { ...all.attributes, ...one.attributes } }),
          { tags: [], attributes: {} },
        )
      const survivor = JSON.parse(carry(Buffer.from(JSON.stringify(last)), folded).toString())
      const all = JSON.parse(JSON.stringify([...repeats, last]))
      const tags = all.flatMap((body: { tags?: string[] }) => body.tags ?? [])
      const attributes = Object.fromEntries(
        all.flatMap((body: { attributes?: object }) => Object.entries(body.attributes ?? {})),
      )
      expect(new Set(survivor.tags ?? [])).toEqual(new Set(tags))
      expect(survivor.attributes ?? {}).toEqual(attributes)
      const { tags: _, attributes: __, ...rest } = survivor
      const { tags: ___, attributes: ____, ...own } = all.at(-1)
      expect(rest).toEqual(own)
    }),
  )
})
