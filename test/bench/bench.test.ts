import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from '../house/source.js'
import { median, rowOf, tableOf } from './figures.js'
import { type Kept, merged, pageOf, resultsOn, withResults } from './kept.js'
import { readOptions } from './options.js'
import { selfTimes } from './profile.js'
import { drainFigures } from './scenarios/drain.js'
import { bodyOf } from './signing.js'
import { readPressed } from './wrk.js'

const told = {
  ...{ requests: 12_000, durationUs: 2_000_000, p50Us: 4_000, p99Us: 9_500, maxUs: 20_000 },
  ...{ status: 0, connect: 0, read: 0, write: 0, timeout: 0 },
}
const printed = (figures: object) => `Running 2s test\n  12000 requests in 2.00s\nfigures ${JSON.stringify(figures)}\n`

test('what wrk measured is read, seconds and milliseconds', () => {
  expect(readPressed(printed(told))).toEqual({
    ...{ requests: 12_000, seconds: 2, p50Ms: 4, p99Ms: 9.5, maxMs: 20, faults: [] },
  })
})

test.each([
  ['status', 3, '3 answers that were not 2xx'],
  ['connect', 1, '1 connections refused'],
  ['read', 2, '2 connections broken'],
  ['write', 2, '2 connections broken'],
  ['timeout', 4, '4 answers later than 30 s'],
])('an error of wrk, %s, is a fault', (name, count, fault) => {
  expect(readPressed(printed({ ...told, [name]: count })).faults).toEqual([fault])
})

test('no answer at all is a fault, and no figures are an error', () => {
  expect(readPressed(printed({ ...told, requests: 0 })).faults).toEqual(['no answer at all'])
  expect(() => readPressed('unable to connect to 127.0.0.1:1 Connection refused')).toThrow('unable to connect')
})

test('the median of an odd and of an even number of rounds', () => {
  expect(median([9, 1, 5])).toBe(5)
  expect(median([10, 1, 2, 100])).toBe(6)
  expect(() => median([])).toThrow()
})

test('a row has the median of ratios, not the ratio of medians, and says in which round what went wrong', () => {
  const round = (ratio: number, rate: number, faults: string[] = []) => ({ figures: { ratio, rate }, faults })
  const row = rowOf('accept', '64', [round(0.5, 100), round(0.9, 10, ['1 of 3 lost']), round(0.6, 300)])
  expect(row.median).toEqual({ ratio: 0.6, rate: 100 })
  expect(row.faults).toEqual(['round 2: 1 of 3 lost'])
  expect(tableOf([row])).toBe(['    ratio  rate', '64   0.60   100  FAILED'].join('\n'))
})

test('a round that broke has no figures, and the others count', () => {
  const rounds = [
    { figures: {}, faults: ['the relay ended'] },
    { figures: { rate: 4 }, faults: [] },
  ]
  expect(rowOf('accept', '64', rounds)).toMatchObject({ median: { rate: 4 }, faults: ['round 1: the relay ended'] })
})

test('a drain: its rate, that of its first tenth and of its last', () => {
  const moments = [0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1_100]
  expect(drainFigures(1_000, moments, { echo: 500, disk: 2_000 })).toMatchObject({
    firstTenth: 1_000,
    lastTenth: 500,
    lastToFirst: 0.5,
  })
  expect(drainFigures(1_000, moments, { echo: 500, disk: 2_000 }).ratio).toBeCloseTo(1_000 / 1.1 / 500)
})

test('a profile: the time of a function is that of all its places in the tree', () => {
  const url = 'file:///x/dist/store/append.js'
  const callFrame = (functionName: string) => ({ functionName, url, lineNumber: 6, columnNumber: 0 })
  const nodes = [
    { id: 1, callFrame: callFrame('append') },
    { id: 2, callFrame: callFrame('append') },
    { id: 3, callFrame: { functionName: '(idle)', url: '', lineNumber: -1, columnNumber: -1 } },
  ]
  expect(selfTimes({ nodes, samples: [1, 3, 2], timeDeltas: [10, 70, 20] }, 2)).toEqual([
    { where: '(idle)', share: 0.7 },
    { where: 'append store/append.js:7', share: 0.3 },
  ])
})

test('the body that is signed is an alert of about 450 bytes', () => {
  expect(JSON.parse(bodyOf(123_456))).toMatchObject({ resource: 'web3456', value: '123456', severity: 'critical' })
  expect(bodyOf(123_456).length).toBeGreaterThan(400)
  expect(bodyOf(123_456).length).toBeLessThan(500)
})

test('options are numbers, and an unknown one is refused', () => {
  expect(readOptions(['accept', '--rounds', '1', '--queued', '1000,2000'])).toMatchObject({
    ...{ scenarios: ['accept'], rounds: 1, seconds: 10, warmUp: 3, queued: [1_000, 2_000] },
  })
  expect(() => readOptions(['--rounds', 'many'])).toThrow('--rounds: many')
  expect(() => readOptions(['--round', '3'])).toThrow(TypeError)
})

const machine = {
  ...{ cpu: 'AMD EPYC', cores: 2, memoryGib: 24, system: 'Debian', node: 'v20.20.2' },
  fdatasyncMs: { p50: 0.13, p99: 0.5, aSecond: 7_000 },
}
const kept = (cases: readonly string[], ratio: number, version = '1.0.0'): Kept => ({
  ...{ version, machine },
  results: cases.map((name) => ({
    ...{ scenario: 'accept', name, median: { ratio }, rounds: [{ ratio }], faults: [] },
    ...{ startedAt: '2026-11-21T00:00:00.000Z', seconds: 10 },
  })),
})

test('what is measured again replaces what was measured before; what is not, stays; another version begins anew', () => {
  const both = merged(kept(['8', '64'], 0.1), kept(['64'], 0.2))
  expect(both.results.map(({ name, median: { ratio } }) => [name, ratio])).toEqual([
    ['8', 0.1],
    ['64', 0.2],
  ])
  expect(merged(kept(['8'], 0.1, '0.9.0'), kept(['64'], 0.2)).results.map(({ name }) => name)).toEqual(['64'])
})

test('the results go to their place on the page, and can be found there', () => {
  const page = readFileSync(join(ROOT, 'docs', 'performance.md'), 'utf8')
  const results = pageOf(kept(['64'], 0.25))
  expect(results).toContain('| accept | rounds | ratio |\n| --- | --- | --- |\n| 64 | 1 × 10 s | 0.25 |')
  const written = withResults(page, results)
  expect(resultsOn(written)).toBe(results)
  expect(withResults(written, resultsOn(page))).toBe(page)
})
