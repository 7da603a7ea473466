import { describe, expect, test } from 'vitest'
import { RULES } from './rules.js'
import { medianLines } from './size.js'
import { type Finding, type Rule, source, sourcesUnder } from './source.js'

const src = sourcesUnder('src')
const all = [...src, ...sourcesUnder('test')]

const exceptionOf = (rule: Rule, found: Finding): string | undefined =>
  Object.keys(rule.exceptions ?? {}).find((path) => found.at.startsWith(`${path}:`))

const broken = (rule: Rule, sources: typeof all): readonly Finding[] =>
  sources.flatMap((of) => rule.check(of)).filter((found) => exceptionOf(rule, found) === undefined)

describe.each(RULES)('$rule.name', ({ rule, bad, good }) => {
  test('in all of src and test', () => {
    expect(broken(rule, all)).toEqual([])
  })

  test('made-up files that break it are found', () => {
    expect(bad).not.toEqual([])
    for (const [path, text] of bad) expect(broken(rule, [source(path, text)]), `${path}: ${text}`).not.toEqual([])
  })

  test('made-up files that keep it are left alone', () => {
    expect(good).not.toEqual([])
    for (const [path, text] of good) expect(broken(rule, [source(path, text)]), `${path}: ${text}`).toEqual([])
  })
})

test('exceptions from the rules are still needed', () => {
  const needed = RULES.flatMap(({ rule }) =>
    all.flatMap((of) => rule.check(of)).map((found) => exceptionOf(rule, found)),
  )
  const written = RULES.flatMap(({ rule }) => Object.keys(rule.exceptions ?? {}))
  expect(written.filter((path) => !needed.includes(path))).toEqual([])
})

/** Above this the files have grown out of what one sitting can read. */
const MEDIAN_AT_MOST = 100

test('the median file of src is short', () => {
  const median = medianLines(src)
  console.info(`src: ${src.length} files, the median has ${median} lines`)
  expect(median).toBeLessThanOrEqual(MEDIAN_AT_MOST)
})
