import Hawk from 'hawk'
import { describe, expect, test } from 'vitest'
import { createAuthenticator } from '../../src/auth/credentials.js'
import { createSigner, type Signable } from '../../src/auth/sign.js'
import { systemClock } from '../../src/base/clock.js'
import { authSchema } from '../../src/config/auth.js'
import { Secret } from '../../src/config/secret.js'
import { type Ids, randomIds } from '../../src/model/ids.js'

const request: Signable = {
  method: 'POST',
  url: 'http://north.example.com:8080/api/alert',
  body: Buffer.from('{"resource":"wëb01"}'),
  contentType: 'application/json',
}
const deleting: Signable = { ...request, method: 'DELETE', body: null, contentType: undefined }
const hawk = { type: 'hawk', key: 'relay1', secret: new Secret('s3cret'), algorithm: 'sha256' } as const
const at = (now: number) => ({ ...systemClock, now: () => now })

test.each([
  [{ type: 'none' } as const, undefined],
  [{ type: 'basic', username: 'ops', password: new Secret('pä:ss') } as const, `Basic ${btoa('ops:p\u00c3\u00a4:ss')}`],
  [{ type: 'key', key: new Secret('k1') } as const, 'Key k1'],
  [{ type: 'bearer', token: new Secret('t1') } as const, 'Bearer t1'],
])('a credential of type %o signs as Alerta reads it', (credential, header) => {
  expect(createSigner(credential, systemClock)(request)).toBe(header)
})

describe('hawk', () => {
  const names = [{ host: 'north.example.com', port: 8080, prefix: '' }]
  const verify = (secret: string, algorithm: 'sha256' | 'sha1', signed: Signable, header: string | undefined) => {
    const auth = authSchema.parse({ hmac: [{ key: 'relay1', secret, algorithm }] })
    const authenticate = createAuthenticator({ auth, ownNames: names, clock: systemClock, spend: async () => true })
    return authenticate({
      method: signed.method,
      target: new URL(signed.url).pathname,
      host: 'north.example.com:8080',
      scheme: 'http',
      sender: '192.0.2.1',
      authorization: header,
      xApiKey: undefined,
      queryApiKey: undefined,
      contentType: signed.contentType,
      body: signed.body === null ? undefined : async () => signed.body as Buffer,
    })
  }

  test.each(['sha256', 'sha1'] as const)('a body is signed with its %s hash', async (algorithm) => {
    const header = createSigner({ ...hawk, algorithm }, systemClock)(request)
    expect(header).toContain('hash="')
    expect(await verify('s3cret', algorithm, request, header)).toMatchObject({ ok: true })
  })
  test('another body, method or secret does not verify', async () => {
    const header = createSigner(hawk, systemClock)(request)
    const changed = { ...request, body: Buffer.from('{"resource":"web02"}') }
    expect(await verify('s3cret', 'sha256', changed, header)).toMatchObject({ ok: false })
    expect(await verify('s3cret', 'sha256', { ...request, method: 'PUT' }, header)).toMatchObject({ ok: false })
    expect(await verify('other', 'sha256', request, header)).toMatchObject({ ok: false })
  })
  test('bytes that are no text are hashed as they are', async () => {
    const binary = { ...request, body: Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0x7d]) }
    const header = createSigner(hawk, systemClock)(binary)
    expect(await verify('s3cret', 'sha256', binary, header)).toMatchObject({ ok: true })
  })
  test.each([
    ['no body', null],
    ['an empty body', Buffer.alloc(0)],
  ])('%s has no hash', async (_name, body) => {
    const header = createSigner(hawk, systemClock)({ ...deleting, body })
    expect(header).not.toContain('hash=')
    expect(await verify('s3cret', 'sha256', deleting, header)).toMatchObject({ ok: true })
  })
  test('the time and nonce are the ones handed in, anew each time', () => {
    let n = 0
    const ids: Ids = { ...randomIds, id: () => `nonce-${++n}` }
    const sign = createSigner(hawk, at(1_800_000_000_999), ids)
    expect(sign(request)).toContain('ts="1800000000", nonce="nonce-1"')
    expect(sign(request)).toContain('ts="1800000000", nonce="nonce-2"')
  })
  test('the header is the one that hawk itself makes', () => {
    const sign = createSigner(hawk, at(1_800_000_000_000), { ...randomIds, id: () => 'n' })
    const { header } = Hawk.client.header(request.url, 'POST', {
      credentials: { id: 'relay1', key: 's3cret', algorithm: 'sha256' },
      timestamp: 1_800_000_000,
      nonce: 'n',
      payload: request.body as Buffer,
      contentType: 'application/json',
    })
    expect(sign(request)).toBe(header)
  })
})
