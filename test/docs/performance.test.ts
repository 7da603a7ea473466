import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { pageOf, readKept, resultsOn } from '../bench/kept.js'
import { readOptions, USAGE } from '../bench/options.js'
import { SCENARIOS } from '../bench/scenarios.js'
import { ROOT } from '../house/source.js'
import { page, table } from './pages.js'

const PAGE = page('performance.md')

test('the figures on the page are those that were measured of this version', () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }
  expect(resultsOn(PAGE)).toBe(pageOf(readKept(join(ROOT, 'docs', 'performance', `${version}.json`))))
})

test('every scenario stands on the page, and no other', () => {
  const documented = table(PAGE, 'scenario', 'what is done').map(([name]) => name)
  expect(documented).toEqual(SCENARIOS.map(({ name }) => name))
})

test('the options on the page are those that there are', () => {
  const documented = table(PAGE, 'option', 'meaning').map(([option = '']) => option.split(' ')[0] as string)
  expect(documented).toEqual([...USAGE.matchAll(/^ {2}(--[\w-]+)/gm)].map(([, option]) => option))
  const values: Readonly<Record<string, string>> = { json: 'x.json', dist: 'dist' }
  for (const option of documented) {
    const wantsValue = new RegExp(`${option} [A-Z]`).test(USAGE)
    expect(() => readOptions([option, ...(wantsValue ? [values[option.slice(2)] ?? '2000'] : [])])).not.toThrow()
  }
})
