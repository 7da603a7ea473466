import pc from 'picocolors'
import { expect, test } from 'vitest'
import { age, rate, relative, size } from '../../src/cli/figures.js'
import { ageTable } from '../../src/cli/queue.js'
import { senderTable } from '../../src/cli/senders.js'
import { laneLines, statusPage } from '../../src/cli/status-page.js'
import { type Destination, statusScreen } from '../../src/cli/status-screen.js'
import { frame } from '../../src/cli/top.js'
import type { Overview } from '../../src/management/overview.js'

const plain = pc.createColors(false)
const coloured = pc.createColors(true)
const NOW = Date.parse('2026-11-21T12:00:00.000Z')
const at = (seconds: number) => new Date(NOW + seconds * 1_000).toISOString()

const lane: NonNullable<Destination['slowestLane']> = {
  ...{ lane: 'Production/web01', event: 'NodeDown', kind: 'alert', message: 'm1', subject: 'a1' },
  ...{
    since: at(-720),
    ageSeconds: 720,
    attempts: 3,
    sending: false,
    nextTry: null,
    httpStatus: 500,
    note: 'status 500',
  },
}

const well = (name: string, more: Partial<Destination> = {}): Destination => ({
  ...{ name, state: 'flowing', kind: 'alerta', url: 'http://mom1', queued: 0, queuedBytes: 0, sending: 0, dead: 0 },
  ...{ oldest: null, oldestAgeSeconds: null, lastSuccess: null, lastFailure: null },
  ...{ concurrency: 2, concurrencyMax: 8, usualAnswerMs: null, slowed: null },
  ...{ deliveredPerSecond: 0, slowestLane: null, next: null, fullness: null, trouble: null },
  ...more,
})

const suspended = (name: string): Destination =>
  well(name, {
    ...{
      state: 'suspended',
      why: 'answered 401: API key is invalid',
      hint: 'the credential is wrong',
      since: at(-700),
    },
    ...{ queued: 12_345, queuedBytes: 5_000_000, oldest: at(-720), oldestAgeSeconds: 720, slowestLane: lane },
    next: { what: 'probe', at: at(12) },
    lastFailure: { at: at(-30), note: 'probe: answered 401' },
    trouble: { rank: 0, what: 'answered 401: API key is invalid' },
  })

const overview = (destinations: readonly Destination[], wrong: string[] = []): Overview => ({
  relay: {
    ...{ version: '0.1.0', time: at(0), uptimeSeconds: 300_000, acceptedPerSecond: 12.3, deliveredPerSecond: 24.6 },
    ...{ freeBytes: 3.5e10, databaseBytes: 1.3e9, wrong },
  },
  destinations: [...destinations],
})

const many = (n: number, make: (name: string) => Destination) =>
  Array.from({ length: n }, (_, i) => make(`a-destination-with-a-long-name-${i}`))
const cases = {
  none: overview([]),
  three: overview([
    suspended('mom2'),
    well('mom1'),
    well('mom3', { dead: 2, trouble: { rank: 7, what: '2 dead letters' } }),
  ]),
  forty: overview([...many(38, suspended), ...many(2, (name) => well(name))], ['the disk is nearly full']),
  hostile: overview([
    well('mom1', {
      state: 'suspended',
      trouble: { rank: 0, what: 'answered \u001b[2J\u001b[31m' },
      slowestLane: { ...lane, lane: 'x\u0007' },
    }),
  ]),
}

const WIDTHS = [40, 60, 80, 100, 120, 200]

test.each(Object.entries(cases))(
  'the status of %s is never wider than the terminal, and nothing in it steers it',
  (_, one) => {
    for (const width of WIDTHS) {
      const lines = statusScreen(one, { width, paint: plain, all: true })
      const table = Math.max(60, width) // the columns of figures do not shrink further
      expect(lines.filter((line) => [...line].length > table)).toEqual([])
      expect(lines.join('')).not.toMatch(/\p{Cc}/u)
    }
  },
)

test('in 80 columns the status says what is wrong, where, since when, why and what happens next', () => {
  expect(statusScreen(cases.three, { width: 80, paint: plain, all: false })).toEqual([
    'alerta-relay 0.1.0 up 3d in 12/s out 25/s disk 32.6 GiB free db 1.2 GiB',
    '2 of 3 destinations need a look: 1 suspended, 1 with dead letters',
    '',
    'destination  state      queued  oldest  dead  out/s  next',
    'mom2         suspended  12,345     12m     0      0  probe in 12s',
    '  answered 401: API key is invalid (the credential is wrong)',
    '  slowest lane Production/web01 12m, 3 tries',
    '  last error 30s ago: probe: answered 401',
    'mom1         flowing         0       -     0      0  -',
    'mom3         flowing         0       -     2      0  -',
    '  2 dead letters',
    '  alerta-relay dead mom3 tells why',
  ])
})

test('of many destinations the well ones are summed up, unless all are asked for', () => {
  const some = overview([suspended('mom2'), ...many(39, (name) => well(name, { queued: 3 }))])
  const short = statusScreen(some, { width: 80, paint: plain, all: false })
  expect(short.at(-1)).toBe('39 are well, 117 queued there (--all shows them)')
  expect(short.length).toBeLessThan(24)
  expect(statusScreen(some, { width: 80, paint: plain, all: true })).toHaveLength(4 + 40 + 3)
})

test('where all is well one line says so', () => {
  expect(statusScreen(overview([well('mom1')]), { width: 80, paint: plain, all: false })[1]).toBe('all well')
})

test('a wide terminal shows lanes and errors beside each destination', () => {
  const [, , , head, row] = statusScreen(cases.three, { width: 160, paint: plain, all: false })
  expect(head).toMatch(/slowest lane +last error$/)
  expect(row).toMatch(/Production\/web01 12m, 3 tries +30s ago: probe: answered 401$/)
})

test('colours are added to the same text', () => {
  const bare = statusScreen(cases.three, { width: 80, paint: plain, all: false })
  const painted = statusScreen(cases.three, { width: 80, paint: coloured, all: false })
  expect(painted).not.toEqual(bare)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what colours are
  expect(painted.map((line) => line.replace(/\u001b\[\d+m/g, ''))).toEqual(bare)
})

test('the page of one destination has everything, whole, and which command helps', () => {
  const lanes = { lanes: 1, rows: 1, longest: [], oldest: [{ ...lane, rows: 1 }] }
  const page = statusPage(suspended('mom2'), lanes, NOW, 80, plain)
  expect(page.filter((line) => line.length > 80)).toEqual([])
  expect(page.join('\n')).toContain('next          probe in 12s (2026-11-21T12:00:12.000Z)')
  expect(page.join('\n')).toContain('alerta-relay release mom2')
  expect(
    statusPage(well('mom1'), { lanes: 0, rows: 0, longest: [], oldest: [] }, NOW, 80, plain).join('\n'),
  ).not.toContain('what can be done')
})

test('lanes do not show none as the tries of what was tried and given back', () => {
  const row = (attempts: number, note: string | null) => {
    const [, , line] = laneLines('lanes', [{ ...lane, rows: 1, attempts, note }], NOW, 120)
    return line?.replace(/ +/g, ' ')
  }
  expect(row(0, 'answered 200 with no JSON object')).toContain('12m not counted - answered 200')
  expect(row(0, null)).toContain('12m 0 - -')
  expect(row(3, 'status 500')).toContain('12m 3 - status 500')
})

test('no success that is known is not told as a relay that has just started', () => {
  const lastSuccess = (one: Destination) =>
    statusPage(one, { lanes: 0, rows: 0, longest: [], oldest: [] }, NOW, 120, plain).find((line) =>
      line.startsWith('last success'),
    )
  expect(lastSuccess(well('mom1'))).toMatch(/none since the relay started, or the destination was changed$/)
  expect(lastSuccess(well('mom1', { state: 'removed', kind: null, url: null }))).toMatch(
    /not known: it is not configured any more$/,
  )
})

test('a frame of top is as high as the terminal, and scrolls below its head', () => {
  for (const rows of [10, 24, 50]) {
    const view = { order: 'trouble', from: 0, away: undefined } as const
    const shown = (from: number) => frame(cases.forty, { ...view, from }, { width: 80, rows, paint: plain })
    expect(shown(0)).toHaveLength(rows)
    expect(shown(5).slice(0, 4)).toEqual(shown(0).slice(0, 4))
    expect(shown(2)[4]).toBe(shown(0)[6])
    expect(shown(10_000)).toHaveLength(rows)
    expect(shown(10_000).at(-1)).not.toContain('below')
  }
  const away = { order: 'queue', from: 0, away: 'no relay runs' } as const
  expect(frame(cases.three, away, { width: 80, rows: 24, paint: plain }).at(-1)).toBe('no relay runs')
})

test('queues stand by age, the longest first, with their sums', () => {
  const ages = {
    ages: [60, 300, 86_400],
    queues: [
      { name: 'mom1', counts: [0, 1, 0, 0] },
      { name: 'mom2', counts: [1_200, 0, 0, 7] },
    ],
  }
  expect(ageTable(ages, 80, plain)).toEqual([
    'destination  total    <1m  <5m  <1d  >1d',
    'mom2         1,207  1,200    -    -    7',
    'mom1             1      -    1    -    -',
    'all          1,208  1,200    1    -    7',
  ])
})

test('senders stand with what they were refused for; of a wrong credential only its kind is shown', () => {
  const lastError = { at: at(-60), httpStatus: 401, why: 'API key is invalid' }
  const rows = senderTable(
    [
      {
        credential: 'key test',
        known: true,
        address: '10.0.0.1',
        acceptedPerSecond: 3,
        accepted: 9_000,
        refused: {},
        last: at(-1),
        lastError: null,
      },
      {
        credential: 'key',
        known: false,
        address: '10.0.0.9',
        acceptedPerSecond: 0,
        accepted: 0,
        refused: { 401: 12 },
        last: at(-60),
        lastError,
      },
    ],
    NOW,
    80,
    plain,
  )
  expect(rows).toEqual([
    'credential     from      in/s  accepted  refused  last seen',
    'key test       10.0.0.1   3.0     9,000  -        1s ago',
    '(a wrong key)  10.0.0.9     0         0  401 12   60s ago',
    '  60s ago: 401 API key is invalid',
  ])
})

test('figures are short', () => {
  expect([0, 45, 119, 120, 7_199, 7_200, 172_800].map(age)).toEqual(['0s', '45s', '119s', '2m', '119m', '2h', '2d'])
  expect([relative(at(12), NOW), relative(at(-720), NOW), relative(at(0), NOW)]).toEqual(['in 12s', '12m ago', 'now'])
  expect([0, 0.016, 1, 9.96, 240.4, 12_000].map(rate)).toEqual(['0', '0.02', '1.0', '10.0', '240', '12,000'])
  expect([0, 512, 1_536, 1.5e9, 2e14].map(size)).toEqual(['0 B', '512 B', '1.5 KiB', '1.4 GiB', '182 TiB'])
})
