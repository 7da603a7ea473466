import fc from 'fast-check'
import { often, PITFALLS } from './pitfalls.js'

/** What one may ask of alerts, and what is close to it. */
const name = fc.oneof(
  fc.constantFrom(
    ...[
      'q',
      'q.df',
      'id',
      'resource',
      'event!',
      'severity',
      'service',
      'tag',
      'tags!',
      'correlate',
      'rawData',
      'customer',
    ],
    ...[
      'attributes.a',
      'attributes.',
      'attributes.a!',
      'attributes.a.b',
      'attributes',
      'timeout',
      'repeat',
      'createTime',
    ],
    ...['from-date', 'to-date', 'sort-by', 'group-by', 'page', 'page-size', 'limit', 'show-history', 'show-raw-data'],
    ...['callback', '_', '', '!', 'foo', 'previousStatus', 'statusUntil', 'trail', 'state'],
  ),
  fc.constantFrom(...PITFALLS),
  fc.string({ unit: 'binary', maxLength: 12 }),
)

const word = fc.constantFrom(
  ...[
    'a',
    'disk',
    '"a b"',
    '"',
    '""',
    '"\\"',
    '/a.*b/',
    '/(/',
    '//',
    '/a',
    'a*',
    '*',
    '?',
    '\\',
    '\\\\',
    'a\\:b',
    '😀',
    '\0',
  ],
  ...[
    'AND',
    'OR',
    'NOT',
    '&&',
    '||',
    '!',
    '-',
    '+',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    'TO',
    '[1 TO 2]',
    '{* TO "x"}',
    '[a TO',
  ],
  ...[
    'text:',
    'timeout:',
    'id:',
    '_exists_:',
    '_.a:',
    'attributes.a:',
    'service:',
    'lastReceiveTime:',
    'foo:',
    '__proto__:',
  ],
  ...[
    '>=1',
    '<',
    '>"x"',
    ':',
    '::',
    '1',
    '1e309',
    '-1',
    '9999999999999999999',
    '2026-01-01',
    '2026-01-01T00:00:00.000Z',
  ],
)
const queryString = fc
  .array(word, { maxLength: 12 })
  .chain((words) => fc.constantFrom(' ', '').map((between) => words.join(between)))

const value = fc.oneof(
  queryString,
  fc.constantFrom(
    ...[
      '',
      '~',
      '~(',
      '~.*',
      '~(a*)*$',
      '~(a|a)*b',
      '~[',
      '~[z-a]',
      '~\\',
      '~a{1,99}',
      '~(((((((((a{50}){50}){50})))))))',
      '~\\p{L}',
    ],
    ...[
      'true',
      '0',
      '-0',
      '+1',
      '1.5',
      'NaN',
      '1e3',
      '2',
      '1000000000',
      '-1',
      ' 1',
      '99999999999999999999',
      '%',
      '_',
      "'; DROP TABLE listed; --",
    ],
    ...[
      '-severity',
      'severity',
      '--severity',
      '-attributes.a',
      'tags',
      'id',
      'open',
      '2026-13-01',
      '2026-01-01T00:00:00Z',
    ],
    ...['(('.repeat(300), 'a '.repeat(300), 'NOT '.repeat(300), `"${'x'.repeat(2_000)}"`, `/${'a?'.repeat(200)}/`],
  ),
  fc.constantFrom(...PITFALLS),
  fc.string({ unit: 'binary', maxLength: 30 }),
)

const encoded = (text: string): string => encodeURIComponent(Buffer.from(text).toString())
const broken = fc.constantFrom(
  '%',
  '%zz',
  '%ff',
  'q',
  '=',
  '&',
  'q=%',
  '%00=%00',
  'sort-by',
  'page=1&page=2',
  '__proto__[x]=1',
)
const parameter = often(
  fc.tuple(name, value).map(([key, text]) => `${encoded(key)}=${encoded(text)}`),
  broken,
  9,
)

/** The query of a URL, with its question mark. */
export const readingQuery: fc.Arbitrary<string> = fc
  .array(parameter, { minLength: 1, maxLength: 5 })
  .map((parameters) => `?${parameters.join('&')}`.slice(0, 12_000))
