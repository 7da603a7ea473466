import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { ENVIRONMENT_NAMES } from '../../src/config/environment.js'
import { load, RIGHT } from './loading.js'
import { schemaKeys } from './schema-keys.js'

const document = readFileSync('docs/configuration.md', 'utf8')
const documented = tableRows('key').map(([key = '', fallback = '']) => ({ key, fallback }))

test('the document has every key, once, and no other', () => {
  const keys = documented.map(({ key }) => key)
  expect(keys.toSorted()).toEqual([...schemaKeys().keys()].toSorted())
})

test('the defaults in the document are the real ones', () => {
  const shown = documented.map(({ key, fallback }) => [key, /^`(.*)`$/.exec(fallback)?.[1]] as const)
  const expected = documented.map(({ key }) => [
    key,
    key === 'destinations[].auth.type' ? 'none' : schemaKeys().get(key),
  ])
  expect(shown.map(([key, text]) => [key, text === undefined ? undefined : parse(text)])).toEqual(expected)
})

test('every environment variable that overrides the file is documented', () => {
  expect(tableRows('variable').map(([name]) => name)).toEqual(expect.arrayContaining([...ENVIRONMENT_NAMES]))
  expect(tableRows('variable')).toHaveLength(ENVIRONMENT_NAMES.length)
})

test("the document's FWD_DESTINATIONS can be pasted", () => {
  const text = /FWD_DESTINATIONS='([^']+)'/.exec(document)?.[1] ?? ''
  const { config } = load(RIGHT, { FWD_DESTINATIONS: text })
  expect(config.destinations.map(({ auth }) => auth.type)).toEqual(['basic', 'hawk', 'key', 'bearer'])
})

test("the document's filters and conditions are accepted", () => {
  const filters = [...document.matchAll(/^(forward: .*)$/gm)].map(([line]) => line)
  const conditions = tableRows('condition').map(([condition]) => `match: { ${condition} }`)
  expect(filters.length * conditions.length).toBeGreaterThan(0)
  for (const line of [...filters, ...conditions]) {
    expect(load(`${RIGHT}destinations:\n  - name: a\n    url: https://a.example.com\n    ${line}\n`).warnings).toEqual(
      [],
    )
  }
})

/** The cells of all tables whose first column is headed so; a code span that is the whole first cell without its marks. */
function tableRows(heading: string): string[][] {
  const tables = document.matchAll(new RegExp(`^\\| ${heading} \\|.*\\n\\|[-|]+\\n((?:\\|.*\\n)+)`, 'gm'))
  return [...tables].flatMap(([, rows = '']) =>
    rows
      .trim()
      .split('\n')
      .map((row) =>
        row
          .split('|')
          .slice(1, -1)
          .map((cell) => cell.trim()),
      )
      .map(([first = '', ...rest]) => [first.replace(/^`(.*)`$/, '$1'), ...rest]),
  )
}
