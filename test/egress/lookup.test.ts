import type { LookupAddress } from 'node:dns'
import { expect, test } from 'vitest'
import { createLookup } from '../../src/egress/lookup.js'

test('many connections to one name ask the resolver once, and each gets its answer', () => {
  const asked: string[] = []
  const answers: ((error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void)[] = []
  const lookup = createLookup((hostname, answer) => {
    asked.push(hostname)
    answers.push(answer)
  })
  const got: unknown[] = []
  lookup('north', {}, (_error, address, family) => got.push([address, family]))
  lookup('north', { all: true }, (_error, addresses) => got.push(addresses))
  lookup('south', {}, (error) => got.push(error?.code))
  expect(asked).toEqual(['north', 'south'])

  answers[0]?.(null, [{ address: '192.0.2.1', family: 4 }])
  answers[1]?.(Object.assign(new Error('gone'), { code: 'ENOTFOUND' }), [])
  expect(got).toEqual([['192.0.2.1', 4], [{ address: '192.0.2.1', family: 4 }], 'ENOTFOUND'])

  lookup('north', {}, () => {})
  expect(asked).toEqual(['north', 'south', 'north'])
})
