import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { often, PITFALLS } from './pitfalls.js'

const nested = (open: string, close: string, levels: number) => `${open.repeat(levels)}1${close.repeat(levels)}`
const oddValue = fc.oneof(
  fc.constantFrom(
    'null',
    'true',
    '0',
    '-0',
    '1e400',
    '-1e400',
    '1E-400',
    '9'.repeat(400),
    '1.0',
    '-1',
    '2147483648',
    '[]',
    '{}',
    '""',
  ),
  fc.constantFrom('NaN', 'Infinity', '-Infinity', '01', '+1', '.5', 'undefined', "'x'", '0x10', '1_000', ''),
  fc.constantFrom(
    '"\\ud800"',
    '"\\udc00\\ud800"',
    '"\\u0000"',
    '"\\x"',
    '"\t"',
    '"\\uD83D\\uDE00"',
    '"\u2028"',
    '"\ufeff"',
    '"../../x"',
    '"%2e%2e"',
  ),
  fc.constantFrom(
    nested('[', ']', 498),
    nested('[', ']', 501),
    nested('{"a":', '}', 600),
    nested('[', ']', 100_000),
    '['.repeat(100_000),
  ),
  fc.constantFrom(`"${'x'.repeat(100_000)}"`, `[${'"a",'.repeat(5_000)}"a"]`, `"${'\\u0041'.repeat(2_000)}"`),
  fc.constantFrom(
    ...PITFALLS.map((name) => JSON.stringify(name)),
    ...PITFALLS.map((name) => `{"${name}":{"polluted":true}}`),
  ),
  fc.json({ maxDepth: 4 }),
  fc.string({ unit: 'binary', maxLength: 20 }).map((text) => JSON.stringify(text)),
)
const FIELDS: Readonly<Record<string, string>> = {
  resource: '"web01"',
  event: '"NodeDown"',
  environment: '"Production"',
  severity: '"major"',
  service: '["Web"]',
  action: '"ack"',
  origin: '"probe1"',
  text: '"does not answer"',
  status: '"open"',
  tags: '["rack7"]',
  attributes: '{"region":"EU"}',
}
const ODD_NAMES = [
  'id',
  'createTime',
  'correlate',
  'tags',
  'attributes',
  'timeout',
  'customer',
  'status',
  'value',
  'rawData',
  'type',
  'group',
]
const member = fc.tuple(
  fc.oneof(fc.constantFrom(...Object.keys(FIELDS), ...ODD_NAMES), fc.constantFrom(...PITFALLS)),
  oddValue,
)
/** Right in all but a member or two. */
const object = fc
  .record({
    odd: fc.array(member, { maxLength: 2 }),
    blank: fc.constantFrom('', ' ', '\n\t', '\r\n'),
    front: fc.boolean(),
  })
  .map(({ odd, blank, front }) => {
    const wanted = odd.map(([name, value]) => `${JSON.stringify(name)}:${blank}${value}`)
    const usual = Object.entries(FIELDS).map(([name, value]) => `"${name}":${blank}${value}`)
    return Buffer.from(`${blank}{${(front ? [...wanted, ...usual] : [...usual, ...wanted]).join(`,${blank}`)}}${blank}`)
  })
const PLAIN = `{${Object.entries(FIELDS).map(([name, value]) => `"${name}":${value}`)}}`
const oddBody = fc.oneof(
  fc
    .constantFrom(
      '',
      '{',
      '[]',
      '1',
      'null',
      '"x"',
      '{}',
      `\ufeff${PLAIN}`,
      `${PLAIN}${PLAIN}`,
      `[${PLAIN}]`,
      'a=b&c=d',
    )
    .map((text) => Buffer.from(text)),
  fc.constantFrom(
    Buffer.from(PLAIN, 'utf16le'),
    gzipSync(PLAIN),
    Buffer.from(PLAIN.replace('web01', 'w\xe9b'), 'latin1'),
    Buffer.alloc(70_000),
  ),
  oddValue.map((value) => Buffer.from(value)),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
)

/** Bodies that are an alert, a heartbeat and all that is done to an alert at once, right in all but a member or two; or none of that. */
export const hostileBody: fc.Arbitrary<Buffer> = often(object, oddBody)
