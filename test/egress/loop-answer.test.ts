import { expect } from 'vitest'
import { act, del, error, ok, table } from './answer-table.js'
import { answer } from './fixtures.js'

table('202 without an id', [
  [
    'from a hop on the way: a loop',
    answer(202, ok({ message: 'Alert forwarded by x already processed by http://hub.example.com/api' })),
    { kind: 'suppressed', status: 202 },
  ],
  [
    'the name is compared after normalising',
    answer(202, ok({ message: 'already processed by HTTP://Hub.example.com:80/api/.' })),
    { kind: 'suppressed' },
  ],
  [
    'to an action',
    answer(202, ok({ message: 'Action ack forwarded by (unknown) already processed by http://edge.example.com' })),
    { kind: 'suppressed' },
    act,
  ],
  [
    'without "processed by" the last address counts',
    answer(202, ok({ message: 'from http://nobody.example.com, known at http://edge.example.com' })),
    { kind: 'suppressed' },
  ],
  [
    'naming us: two servers with one name',
    answer(202, ok({ message: 'already processed by http://relay.example.com:8080' })),
    { kind: 'suspend', probe: 'head', hint: expect.stringContaining('our own name') },
  ],
  [
    'naming our other name',
    answer(202, ok({ message: 'already processed by http://relay/' })),
    { kind: 'suspend', probe: 'head' },
  ],
  [
    'naming nobody on the way',
    answer(202, ok({ message: 'already processed by http://other.example.com' })),
    { kind: 'suspend', hint: expect.stringContaining('http://other.example.com, a name the message never passed') },
  ],
  [
    'naming a part of a hop: it compares by substring',
    answer(202, ok({ message: 'already processed by http://hub.example.com' })),
    { kind: 'suspend', hint: expect.stringContaining('took http://hub.example.com/api for its own name') },
  ],
  ['without an address', answer(202, ok({ message: 'thank you' })), { kind: 'suspend', probe: 'head' }],
  ['without a message', answer(202, ok()), { kind: 'suspend', probe: 'head' }],
  [
    'Alerta answers a delete in a loop with 500',
    answer(
      500,
      error(
        "Error while running delete plugin 'x': Delete forwarded by y already processed by http://edge.example.com",
      ),
    ),
    { kind: 'suppressed', status: 500 },
    del,
  ],
  [
    'and a delete in a collision as well',
    answer(500, error('Delete forwarded by y already processed by http://relay')),
    { kind: 'suspend', probe: 'head' },
    del,
  ],
])
