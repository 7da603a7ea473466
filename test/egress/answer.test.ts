import { describe, expect, test } from 'vitest'
import { judge } from '../../src/egress/answer.js'
import { ASKED, act, beat, del, error, HTML, html, ok, oversized, table } from './answer-table.js'
import { answer } from './fixtures.js'

table('a good answer', [
  ['201 with an id teaches the alias', answer(201, ok({ id: 'p1', alert: {} })), { kind: 'delivered', alias: 'p1' }],
  ['200 with an id does too', answer(200, ok({ id: 'p1' })), { kind: 'delivered', alias: 'p1', status: 200 }],
  ['200 to an action', answer(200, ok()), { kind: 'delivered', note: 'status 200' }, act],
  ['200 to a delete', answer(200, ok()), { kind: 'delivered' }, del],
  [
    '202 with an id is a blackout',
    answer(202, ok({ id: 'p1', message: 'Suppressed' })),
    { kind: 'delivered', note: 'Suppressed' },
  ],
  ['a relay answers like Alerta', answer(201, ok({ id: 'p1' })), { kind: 'delivered', alias: 'p1' }, { kind: 'relay' }],
])

test('the id of a heartbeat, or of a 202, is no alias', () => {
  const heartbeat = judge(answer(201, ok({ id: 'h1', heartbeat: {} })), { ...ASKED, ...beat })
  const converted = judge(answer(202, ok({ id: 'h1', message: 'Alert converted to Heartbeat' })), ASKED)
  expect([heartbeat, converted].map((outcome) => 'alias' in outcome)).toEqual([false, false])
})

table('an answer of the wrong shape suspends', [
  [
    'HTML with 200',
    answer(200, HTML, html),
    { kind: 'suspend', probe: 'request', note: 'answered 200 with no JSON object (text/html)' },
  ],
  ['HTML with 201', answer(201, HTML, html), { kind: 'suspend' }],
  ['204', answer(204, ''), { kind: 'suspend', note: 'answered 204 with an empty body' }],
  ['204 to a delete', answer(204, ''), { kind: 'suspend' }, del],
  ['half a JSON', answer(201, '{"status":"ok","id"'), { kind: 'suspend' }],
  ['a JSON list', answer(200, '[{"status":"ok"}]'), { kind: 'suspend' }, act],
  ['JSON null', answer(200, 'null'), { kind: 'suspend' }, act],
  ['JSON without status', answer(201, { id: 'p1' }), { kind: 'suspend' }],
  ['far too long', oversized, { kind: 'suspend', note: 'answered 201 with an answer that is far too long' }],
  ['201 without id', answer(201, ok()), { kind: 'suspend', note: 'status 201 without an id' }],
  ['201 with an id that is a number', answer(201, ok({ id: 7 })), { kind: 'suspend' }],
  ['201 with an endless id', answer(201, ok({ id: 'x'.repeat(257) })), { kind: 'suspend' }],
  ['error with 200', answer(200, error('odd')), { kind: 'suspend', probe: 'request' }, act],
  ['ok with 400', answer(400, ok({ message: 'odd' })), { kind: 'suspend', probe: 'request' }],
  ['HTML with 400', answer(400, HTML, html), { kind: 'suspend' }],
  ['HTML with 403', answer(403, HTML, html), { kind: 'suspend', status: 403 }],
  ['HTML with 404 to an action', answer(404, HTML, html), { kind: 'suspend' }, act],
  ['HTML with 404 to a delete', answer(404, HTML, html), { kind: 'suspend' }, del],
  ['HTML with 409 to an action', answer(409, HTML, html), { kind: 'suspend' }, act],
])

table('an answer of which only the status came', [
  [
    '201 is not known to have an id',
    answer(201, undefined),
    { kind: 'unknown', note: 'the answer broke off after status 201' },
  ],
  ['400 does not say why', answer(400, undefined), { kind: 'unknown' }],
  ['503 says enough', answer(503, undefined), { kind: 'retry', fault: 'busy' }],
  ['502 says enough', answer(502, undefined), { kind: 'retry', fault: 'destination' }],
  ['401 says enough', answer(401, undefined), { kind: 'suspend' }],
])

table('what is already so', [
  ['404 to a delete', answer(404, error('not found')), { kind: 'delivered', note: 'already so: not found' }, del],
  [
    '409 to an action',
    answer(409, error('alert is already in ack status')),
    { kind: 'delivered', note: 'not applicable: alert is already in ack status' },
    act,
  ],
  ['404 to an action', answer(404, error('not found')), { kind: 'not found', status: 404 }, act],
])

table('a refused message is dead', [
  [
    '400',
    answer(400, error('timeout must be an integer')),
    { kind: 'dead', cause: 'rejected', note: 'timeout must be an integer' },
  ],
  ['403 by policy', answer(403, error('[POLICY] Alert must define a service')), { kind: 'dead', cause: 'rejected' }],
  ['403 otherwise', answer(403, error('no')), { kind: 'dead', cause: 'rejected' }],
  [
    '403 for want of a scope',
    answer(403, error('Missing required scope: write:alerts')),
    { kind: 'dead', cause: 'scope' },
  ],
  ['422', answer(422, error('no')), { kind: 'dead', cause: 'rejected' }],
  ['409 to an alert', answer(409, error('conflict')), { kind: 'dead', cause: 'rejected' }],
  ["nginx's 413, in HTML", answer(413, HTML, html), { kind: 'dead', cause: 'rejected', status: 413 }],
  ['414', answer(414, HTML, html), { kind: 'dead', cause: 'rejected' }],
  ['431', answer(431, HTML, html), { kind: 'dead', cause: 'rejected' }],
  [
    'an empty customer is its own fault',
    answer(400, error('customer must not be an empty string')),
    { kind: 'dead', cause: 'rejected' },
  ],
])

table('what would kill the whole queue suspends', [
  [
    '400 naming customer',
    answer(400, error("not allowed to set customer 'acme'")),
    { kind: 'suspend', probe: 'head', hint: expect.stringContaining('admin:alerts') },
  ],
  ['401', answer(401, error('Token has expired')), { kind: 'suspend', probe: 'request', note: 'Token has expired' }],
  [
    '401 for a wrong clock',
    answer(401, error('token with UTC timestamp 1795218072 has expired; it was compared to 1795218373')),
    { kind: 'suspend', hint: 'the clocks of the two servers differ' },
  ],
  ['401 in HTML', answer(401, HTML, html), { kind: 'suspend', probe: 'request' }],
  ['407', answer(407, HTML, html), { kind: 'suspend', probe: 'request' }],
  ['410', answer(410, error('gone')), { kind: 'suspend', probe: 'request' }],
  ['404 to an alert', answer(404, error('not found')), { kind: 'suspend', probe: 'request' }],
  ['404 to a heartbeat', answer(404, HTML, html), { kind: 'suspend', probe: 'request' }, beat],
  ['405, which a GET would not show', answer(405, error('not allowed')), { kind: 'suspend', probe: 'head' }],
  ['405 to a delete', answer(405, HTML, html), { kind: 'suspend', probe: 'head' }, del],
  ['415, which a GET would not show', answer(415, error('json')), { kind: 'suspend', probe: 'head' }],
  [
    "404 to an action that is about the address, in Alerta's shape",
    answer(404, error('404 Not Found: The requested URL was not found on the server.')),
    { kind: 'suspend', hint: expect.stringContaining('/api') },
    act,
  ],
  [
    'a redirect, whose query is not shown',
    answer(302, '', { location: 'https://login.example.com/in?ticket=abc' }),
    {
      kind: 'suspend',
      probe: 'request',
      hint: 'it redirects to https://login.example.com/in, which no write may follow: set the final url',
    },
  ],
  ['a redirect to nowhere', answer(301, ''), { kind: 'suspend', probe: 'request' }],
])

table('what may pass is tried again', [
  [
    'not sent',
    { kind: 'not sent', code: 'ECONNREFUSED', why: 'connection refused (ECONNREFUSED)' },
    { kind: 'retry', fault: 'destination', status: null, note: 'connection refused (ECONNREFUSED)' },
  ],
  [
    'sent without an answer',
    { kind: 'unknown', why: 'no answer within 35 s' },
    { kind: 'unknown', status: null, note: 'no answer within 35 s' },
  ],
  ['500', answer(500, error('An internal error has occurred!')), { kind: 'retry', fault: 'destination' }],
  ['502 in HTML', answer(502, HTML, html), { kind: 'retry', fault: 'destination', status: 502 }],
  ['504', answer(504, ''), { kind: 'retry', fault: 'destination' }],
  ['503 in HTML', answer(503, HTML, html), { kind: 'retry', fault: 'busy' }],
  ['408', answer(408, ''), { kind: 'retry', fault: 'busy' }],
  ['425', answer(425, ''), { kind: 'retry', fault: 'busy' }],
  [
    '429 with seconds',
    answer(429, error('slow down'), { 'retry-after': '120' }),
    { kind: 'retry', fault: 'busy', afterMs: 120_000 },
  ],
  [
    "503 with a date, taken against the peer's clock",
    answer(503, '', { 'retry-after': 'Sat, 21 Nov 2026 09:00:30 GMT', date: 'Sat, 21 Nov 2026 09:00:00 GMT' }),
    { afterMs: 30_000 },
  ],
  ['503 with a date only', answer(503, '', { 'retry-after': 'Sat, 21 Nov 2026 08:01:00 GMT' }), { afterMs: 60_000 }],
  ['503 with a date in the past', answer(503, '', { 'retry-after': 'Sat, 21 Nov 2020 08:01:00 GMT' }), { afterMs: 0 }],
])

test.each(['soon', '-1', '1e9', '99999999999999999999', ''])('a Retry-After of %j says nothing', (value) => {
  expect(judge(answer(503, '', { 'retry-after': value }), ASKED)).not.toHaveProperty('afterMs')
})

describe('the note', () => {
  const note = (message: string) => judge(answer(400, error(message)), ASKED).note

  test('hides our credential', () => {
    expect(note("API key parameter 's3cret' is invalid")).toBe("API key parameter '***' is invalid")
  })
  test('hides it also where the cut would go through it', () => {
    expect(note(`${'x'.repeat(297)}s3cret`)).toBe(`${'x'.repeat(297)}***`)
  })
  test('is one line that does nothing to a terminal', () => {
    expect(note('a\r\nb\u001b[31mred\u009b\u202e\u2028z\0')).toBe('a b\ufffd[31mred\ufffd\ufffd z\ufffd')
  })
  test('has at most 300 characters and no half ones', () => {
    const long = note('😀'.repeat(2000))
    expect([...long]).toHaveLength(300)
    expect(long.endsWith('😀…')).toBe(true)
  })
})

const about = ['status', 'tag', 'untag', 'attributes', 'note'] as const
for (const write of about) {
  const asked = { write }
  table(`what a ${write} is answered`, [
    ['200 is well', answer(200, ok()), { kind: 'delivered' }, asked],
    ['404 is for its alert, and is healed', answer(404, error('not found')), { kind: 'not found' }, asked],
    ['409 does not apply there', answer(409, error('no')), { kind: 'delivered', note: 'not applicable: no' }, asked],
    ['400 is its own fault', answer(400, error('bad')), { kind: 'dead', cause: 'rejected' }, asked],
    [
      '403 is a missing scope',
      answer(403, error('Missing required scope: x')),
      { kind: 'dead', cause: 'scope' },
      asked,
    ],
  ])
}

table('what a note is answered', [
  [
    'the id that the peer gave it is learned',
    answer(201, ok({ id: 'm1' })),
    { kind: 'delivered', alias: 'm1' },
    { write: 'note' },
  ],
])

table('what a webhook is answered', [
  ["another system's words", answer(201, { text: 'Action done!' }), { kind: 'delivered' }, { write: 'webhook' }],
  [
    'an error with a good status, as of Telegram',
    answer(200, error('no')),
    { kind: 'delivered' },
    { write: 'webhook' },
  ],
  ['a login page suspends', answer(200, HTML, html), { kind: 'suspend' }, { write: 'webhook' }],
  ['ids are for nothing', answer(201, ok({ id: 'x' })), { kind: 'delivered' }, { write: 'webhook' }],
  ['nothing to say is well', answer(202, ok({ message: 'OK' })), { kind: 'delivered' }, { write: 'webhook' }],
  [
    'a loop is a loop',
    answer(202, ok({ message: 'already processed by http://edge.example.com' })),
    { kind: 'suppressed' },
    { write: 'webhook' },
  ],
  ...[404, 405, 415].map(
    (status) =>
      [
        `${status} is about that webhook only`,
        answer(status, error('no')),
        { kind: 'dead' },
        { write: 'webhook' },
      ] as const,
  ),
])
