import { expect, test } from 'vitest'
import { type Offered, readOffered } from '../../src/auth/offered.js'

type Sent = { authorization?: string; xApiKey?: string; queryApiKey?: string }

const table: [name: string, sent: Sent, offered: Offered][] = [
  ['nothing', {}, { kind: 'none' }],
  ['a key', { authorization: 'Key k1' }, { kind: 'key', value: 'k1' }],
  ['a key with the scheme in lower case', { authorization: 'key k1' }, { kind: 'key', value: 'k1' }],
  ['a key after two blanks', { authorization: 'Key  k1' }, { kind: 'key', value: 'k1' }],
  ['an empty key', { authorization: 'Key ' }, { kind: 'none' }],
  ['an empty key and a good X-API-Key', { authorization: 'Key', xApiKey: 'k2' }, { kind: 'key', value: 'k2' }],
  ['a key and an X-API-Key', { authorization: 'Key k1', xApiKey: 'k2' }, { kind: 'key', value: 'k1' }],
  ['X-API-Key and api-key', { xApiKey: 'k2', queryApiKey: 'k3' }, { kind: 'key', value: 'k2' }],
  ['api-key', { queryApiKey: 'k3' }, { kind: 'key', value: 'k3' }],
  ['Basic and X-API-Key', { authorization: 'Basic YTpi', xApiKey: 'k2' }, { kind: 'key', value: 'k2' }],
  ['Basic', { authorization: 'Basic YTpi' }, { kind: 'basic', value: 'YTpi' }],
  ['Basic with nothing after it', { authorization: 'Basic ' }, { kind: 'none' }],
  ['Bearer', { authorization: 'BEARER t' }, { kind: 'bearer', value: 't' }],
  ['Hawk', { authorization: 'Hawk id="a"' }, { kind: 'hawk' }],
  ['Hawk with nothing after it', { authorization: 'Hawk' }, { kind: 'none' }],
  ['another scheme', { authorization: 'Digest x' }, { kind: 'unknown scheme' }],
]

test.each(table)('%s', (_, sent, offered) => {
  expect(readOffered({ authorization: undefined, xApiKey: undefined, queryApiKey: undefined, ...sent })).toEqual(
    offered,
  )
})
