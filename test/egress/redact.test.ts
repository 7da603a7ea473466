import { expect, test } from 'vitest'
import { Secret } from '../../src/config/secret.js'
import { createRedactor } from '../../src/egress/redact.js'

test.each([
  ['key', { type: 'key', key: new Secret('k-1/"x') } as const, `'k-1/"x' k-1%2F%22x k-1/\\"x`, "'***' *** ***"],
  ['bearer', { type: 'bearer', token: new Secret('t.o.k') } as const, 'bad t.o.k, t-o-k', 'bad ***, t-o-k'],
  [
    'basic',
    { type: 'basic', username: 'ops', password: new Secret('pw:1') } as const,
    `pw:1 ${btoa('ops:pw:1')}`,
    '*** ***',
  ],
  ['none', { type: 'none' } as const, 'nothing to hide', 'nothing to hide'],
])('a %s is hidden, also as it stands in a URL, in JSON or in a header', (_name, credential, text, expected) => {
  expect(createRedactor(credential)(text)).toBe(expected)
})

test("the right MAC, which Alerta's refusal tells, is hidden as well as the secret", () => {
  const redact = createRedactor({ type: 'hawk', key: 'relay1', secret: new Secret('s3cret'), algorithm: 'sha256' })
  const text =
    "MACs do not match; ours: b'PEoPcIP1qYdHjJN/rIsoNtsm9zaRLcJv1+PbUJgETBo='; theirs: Ih/W6+b3nTpbT7C6IlliTJznos8="
  expect(redact(`${text} s3cret`)).toBe("MACs do not match; ours: b'***'; theirs: *** ***")
})
