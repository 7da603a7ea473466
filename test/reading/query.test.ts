import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ALERTS, type Ask, type Known, openAlerts } from './alerts.js'
import { holds, query, written } from './query-model.js'

let ask: Ask
let close: () => Promise<void>
beforeAll(async () => {
  ;({ ask, close } = await openAlerts())
})
afterAll(() => close())

const numbers = (those: (alert: Known) => boolean): readonly number[] => ALERTS.filter(those).map(({ n }) => n)
const inOrder = (found: readonly number[]): readonly number[] => found.toSorted((a, b) => a - b)

test('a query string finds what it means, whatever it is made of', async () => {
  const sizes = new Set<number>()
  await fc.assert(
    fc.asyncProperty(query, async (part) => {
      const q = written(part)
      const found = inOrder(await ask(new URLSearchParams({ q })))
      sizes.add(found.length)
      expect({ q, found }).toEqual({ q, found: numbers((alert) => holds(part, alert)) })
    }),
    { numRuns: 600 },
  )
  expect(sizes.size, 'the search has found few and many').toBeGreaterThan(10)
})

type Filter = { readonly name: string; readonly value: string; readonly holds: (alert: Known) => boolean }

const VALUES: Readonly<Record<string, readonly string[]>> = {
  resource: ['web1', 'DB1', 'db1', 'nothing'],
  environment: ['Production', ''],
  severity: ['critical', 'major'],
  customer: ['acme', 'bolt'],
  group: ['OS', 'Net'],
  value: ['5', 'high'],
}
const plain = fc
  .constantFrom(...Object.entries(VALUES).flatMap(([name, values]) => values.map((value) => ({ name, value }))))
  .map(({ name, value }): Filter => ({ name, value, holds: (alert) => alert[name as 'resource'] === value }))
const pattern = fc
  .tuple(fc.constantFrom('resource', 'event', 'text'), fc.constantFrom('^web', '1$', 'd.sk', '', '\\.'))
  .map(
    ([name, source]): Filter => ({
      name,
      value: `~${source}`,
      holds: (alert) => new RegExp(source, 'i').test(alert[name as 'resource']),
    }),
  )
const listed = fc.tuple(fc.constantFrom('service', 'tags', 'tag'), fc.constantFrom('Web', 'a', 'disk full')).map(
  ([name, value]): Filter => ({
    name,
    value,
    holds: (alert) => alert[name === 'service' ? 'service' : 'tags'].includes(value),
  }),
)
const attribute = fc.constantFrom(['region', 'EU'], ['n', '5'], ['flag', 'true'], ['none', '']).map(
  ([name = '', value = '']): Filter => ({
    name: `attributes.${name}`,
    value,
    holds: ({ attributes }) => attributes[name] !== undefined && String(attributes[name]) === value,
  }),
)
const number = fc.nat(6).map(
  (value): Filter => ({
    name: 'timeout',
    value: String(value),
    holds: ({ timeout }) => timeout === value,
  }),
)
const filter = fc
  .tuple(fc.oneof(plain, pattern, listed, attribute, number), fc.boolean())
  .map(([one, negated]) => ({ ...one, negated }))

const SORTS: Readonly<Record<string, (alert: Known) => string | number>> = {
  resource: ({ resource }) => resource,
  severity: ({ severity }) => ['critical', 'major', 'warning', 'indeterminate'].indexOf(severity),
  timeout: ({ timeout }) => timeout,
  group: ({ group }) => group,
  // the newest first
  lastReceiveTime: ({ n }) => -n,
}
const sort = fc.tuple(fc.constantFrom(...Object.keys(SORTS)), fc.boolean())

test('filters are alternatives for one field and conditions for several, and pages come in the order asked for', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(filter, { maxLength: 4 }),
      fc.array(sort, { minLength: 1, maxLength: 3 }),
      async (filters, sorts) => {
        const parameters = new URLSearchParams([
          ...filters.map(({ name, value, negated }) => [negated ? `${name}!` : name, value] as [string, string]),
          ...sorts.map(([name, turned]) => ['sort-by', turned ? `-${name}` : name] as [string, string]),
        ])
        const names = new Set(filters.map(({ name, negated }) => JSON.stringify([name, negated])))
        const those = (alert: Known) =>
          [...names].every((key) => {
            const same = filters.filter(({ name, negated }) => JSON.stringify([name, negated]) === key)
            return same.some((one) => one.holds(alert)) !== same[0]?.negated
          })
        const wanted = ALERTS.filter(those).toSorted((a, b) => {
          for (const [name, turned] of sorts) {
            const [x, y] = [SORTS[name]?.(a) ?? '', SORTS[name]?.(b) ?? '']
            if (x !== y) return (x < y ? -1 : 1) * (turned ? -1 : 1)
          }
          return a.n - b.n
        })
        expect({ asked: String(parameters), found: await ask(parameters) }).toEqual({
          asked: String(parameters),
          found: wanted.map(({ n }) => n),
        })
      },
    ),
    { numRuns: 300 },
  )
})

test('times narrow what is found, and what is none is ignored', async () => {
  const at = (n: number) => new Date(Date.UTC(2026, 5, 1) + n * 1_000).toISOString()
  expect(inOrder(await ask(new URLSearchParams({ 'from-date': at(10), 'to-date': at(13) })))).toEqual([11, 12, 13])
  expect(inOrder(await ask(new URLSearchParams({ q: `lastReceiveTime:["${at(10)}" TO "${at(11)}"]` })))).toEqual([
    10, 11,
  ])
  expect(await ask(new URLSearchParams({ 'from-date': 'yesterday' }))).toHaveLength(ALERTS.length)
})
