import { expect, test } from 'vitest'
import { namesByHost, ownNames } from '../../src/auth/own-names.js'

const listen = (host: string, port = 8080) => ({
  listen: { host, port },
  base_url: 'http://relay:8080',
  also_known_as: [],
})

test('base_url, other names and a specific address are names, with default ports and paths', () => {
  const names = ownNames({
    base_url: 'https://Relay.example.com/api',
    also_known_as: ['http://10.0.0.7:9000'],
    listen: { host: '10.0.0.7', port: 8080 },
  })
  expect(names).toEqual([
    { host: 'relay.example.com', port: 443, prefix: '/api' },
    { host: '10.0.0.7', port: 9000, prefix: '' },
    { host: '10.0.0.7', port: 8080, prefix: '' },
  ])
})

test('a loopback listener has every loopback name, a wildcard none', () => {
  expect(ownNames(listen('127.0.0.1')).map((name) => name.host)).toEqual(['relay', '127.0.0.1', 'localhost', '::1'])
  expect(ownNames(listen('0.0.0.0')).map((name) => name.host)).toEqual(['relay'])
  expect(ownNames(listen('::')).map((name) => name.host)).toEqual(['relay'])
})

test('the name in the Host header is tried first, and all others after it', () => {
  const names = ownNames({ ...listen('127.0.0.1', 80), also_known_as: ['https://[2001:db8::1]'] })
  const first = (host: string | undefined, scheme: 'http' | 'https' = 'http') => namesByHost(names, host, scheme)[0]
  expect(first('LOCALHOST')).toMatchObject({ host: 'localhost', port: 80 })
  expect(first('[2001:db8::1]', 'https')).toMatchObject({ host: '2001:db8::1', port: 443 })
  expect(first('evil.example')).toMatchObject({ host: 'relay' })
  expect(first(undefined)).toMatchObject({ host: 'relay' })
  expect(namesByHost(names, 'localhost', 'http')).toHaveLength(names.length)
})
