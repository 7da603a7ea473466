import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findHop, formatHops, parseHops } from '../../src/model/hops.js'
import { type Identity, parseIdentity } from '../../src/model/identity.js'

const us = new Set([parseIdentity('http://relay.example:8080/api') as Identity])

test.each([
  'http://relay.example:8080/api',
  'HTTP://RELAY.example:8080/api/',
  ' http://a:1 ,  http://relay.example:8080/api//,http://b:2',
  'http://relay.example:8080/api,http://relay.example:8080/api',
])('our own name is found in "%s"', (header) => {
  expect(findHop(parseHops(header), us)).toBeDefined()
})

test.each([
  '',
  ',',
  'http://relay.example:80801/api',
  'http://relay.example:8080/apis',
  'http://relay.example:8080',
  'https://relay.example:8080/api',
  'xhttp://relay.example:8080/api',
  'http://other/?http://relay.example:8080/api',
])('a look-alike is not our name: "%s"', (header) => {
  expect(findHop(parseHops(header), us)).toBeUndefined()
})

test('the default port is the same server as none', () => {
  expect(parseIdentity('https://h:443/')).toBe(parseIdentity('https://H'))
  expect(parseIdentity('http://h:443')).not.toBe(parseIdentity('https://h'))
})

test('a header is written as it was read, without blanks', () => {
  fc.assert(
    fc.property(fc.array(fc.webUrl({ withQueryParameters: false }).filter((url) => !url.includes(','))), (urls) => {
      expect(formatHops(parseHops(` ${urls.join(' , ')} `))).toBe(urls.join(','))
    }),
  )
})
