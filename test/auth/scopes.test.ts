import { describe, expect, test } from 'vitest'
import { anonymous, principal } from '../../src/auth/principal.js'
import { allows, type Wanted } from '../../src/auth/scopes.js'

const grant = (...scopes: string[]) => principal('key test', { scopes, customers: [], peer: false })

describe('what a scope includes', () => {
  const table: [scopes: string[], wanted: Wanted, allowed: boolean][] = [
    [['write:alerts'], 'write:alerts', true],
    [['write'], 'write:alerts', true],
    [['write:alerts'], 'read:alerts', true],
    [['write:alerts'], 'delete:alerts', true],
    [['write:alerts'], 'write:heartbeats', false],
    [['write:alerts'], 'admin:alerts', false],
    [['admin'], 'write:alerts', true],
    [['admin'], 'delete:alerts', true],
    [['admin'], 'read:management', true],
    [['admin:alerts'], 'write:alerts', true],
    [['admin:alerts'], 'read:management', false],
    [['delete:alerts'], 'delete:alerts', true],
    [['delete:alerts'], 'write:alerts', false],
    [['read'], 'read:management', true],
    [['read'], 'write:alerts', false],
    [['read'], 'delete:alerts', false],
    [['read:alerts'], 'read:management', false],
    [[], 'read:alerts', false],
  ]
  test.each(table)('%j and %s: %s', (scopes, wanted, allowed) => {
    expect(allows(grant(...scopes), wanted)).toBe(allowed)
  })
})

test('anonymous has its scopes and nothing that would follow from them', () => {
  const nobody = anonymous(['write:alerts'])
  expect(allows(nobody, 'write:alerts')).toBe(true)
  expect(allows(nobody, 'read:alerts')).toBe(false)
  expect(allows(nobody, 'delete:alerts')).toBe(false)
  expect(allows(nobody, 'write:heartbeats')).toBe(false)
})
