import { del, table } from './answer-table.js'
import { answer } from './fixtures.js'

const http = { kind: 'http' } as const
const unread = (status: number) => answer(status, undefined)
table('an http destination speaks by its status alone', [
  ['200', unread(200), { kind: 'delivered', note: 'status 200' }, http],
  ['204', unread(204), { kind: 'delivered' }, http],
  ['a status it was told to accept', unread(409), { kind: 'delivered' }, { ...http, accept: [{ from: 409, to: 409 }] }],
  [
    'a 2xx it was not told to accept',
    unread(200),
    { kind: 'suspend', probe: 'head' },
    { ...http, accept: [{ from: 202, to: 202 }] },
  ],
  ['401', unread(401), { kind: 'suspend', probe: 'head' }, http],
  ['403', unread(403), { kind: 'suspend', probe: 'head' }, http],
  ['404 to an alert', unread(404), { kind: 'suspend', probe: 'head' }, http],
  ['404 to a delete', unread(404), { kind: 'delivered' }, { ...http, ...del }],
  ['302', unread(302), { kind: 'suspend', probe: 'head' }, http],
  ['400', unread(400), { kind: 'dead', cause: 'rejected' }, http],
  ['413', unread(413), { kind: 'dead', cause: 'rejected' }, http],
  ['429', unread(429), { kind: 'retry', fault: 'busy' }, http],
  ['500', unread(500), { kind: 'retry', fault: 'destination' }, http],
])
