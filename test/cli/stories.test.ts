import pc from 'picocolors'
import { expect, test } from 'vitest'
import { listTable } from '../../src/cli/list.js'
import { showScreen } from '../../src/cli/show.js'
import { traceScreen } from '../../src/cli/trace.js'
import { whyScreen } from '../../src/cli/why.js'
import type { ShownDelivery, ShownMessage, ShownTry } from '../../src/management/story-shown.js'

const NOW = Date.parse('2026-11-21T19:10:00.000Z')
const paint = pc.createColors(false)
const NASTY = 'an answer with \u001b]0;a title\u0007 and \u202eturned words, longer than any line of a terminal may be'

const attempt = (n: number, more: Partial<ShownTry> = {}): ShownTry => ({
  ...{ n, number: n, at: '2026-11-21T19:08:01.123Z', ms: 12, outcome: 'retry', httpStatus: 503, note: NASTY },
  to: 'queued',
  ...more,
})
const delivery = (more: Partial<ShownDelivery> = {}): ShownDelivery => ({
  ...{ destination: 'a-destination-with-a-long-name', state: 'queued', endedAt: null, attempts: 0 },
  ...{ httpStatus: null, note: null, sendingSince: null, waits: null, ahead: null, by: null, tries: [], tried: 0 },
  ...more,
})
const message = (more: Partial<ShownMessage> = {}): ShownMessage => ({
  ...{ message: '01a1ff96-b368-73dc-8e71-e565691df77a', kind: 'alert', action: null, alert: NASTY, says: NASTY },
  about: { environment: 'Production', resource: NASTY, event: 'NodeDown', customer: 'acme' },
  ...{ acceptedAt: '2026-11-21T19:08:01.000Z', firstAcceptedAt: null, requestId: 'r', sender: '192.0.2.1' },
  ...{ credential: NASTY, hops: [NASTY], skipped: [], replayOf: null, replayedAs: [] },
  deliveries: [
    delivery({ waits: { for: 'breaker', until: '2026-11-21T19:10:12.000Z', why: NASTY }, note: NASTY, attempts: 3 }),
  ],
  ...more,
})

const many = message({
  deliveries: [
    ...Array.from({ length: 40 }, (_, i) =>
      delivery({
        destination: `mom${i}`,
        state: i === 7 ? 'dead' : 'delivered',
        endedAt: '2026-11-21T19:08:02.500Z',
        attempts: 2,
      }),
    ),
  ],
  skipped: [{ destination: 'noc', why: 'match' }],
})
const tried = message({
  deliveries: [delivery({ tries: [attempt(1), attempt(2, { ms: null }), attempt(9)], tried: 9, attempts: 9 })],
})
const shown = (one: ShownMessage) => ({ message: one, bodyBytes: 7, body: `{\u001b[2J}`, cut: false })
const part = {
  via: [],
  relay: 'http://a',
  why: null,
  alert: {
    ...{ about: many.about, severity: 'critical', status: 'open', deletedAt: null, older: 3, standing: [] },
    ids: [
      { id: NASTY, by: null },
      { id: NASTY, by: 'mom1' },
    ],
    messages: [many, tried],
  },
}
const why = {
  alert: { id: NASTY, about: many.about, severity: 'critical', status: 'open', deletedAt: null },
  destination: {
    name: 'mom1',
    state: 'suspended',
    why: NASTY,
    hint: NASTY,
    nextProbe: '2026-11-21T19:10:12.000Z',
    queued: 3,
    lastFailure: { at: '2026-11-21T19:09:00.000Z', note: NASTY },
  },
  should: { is: 'yes' as const, why: NASTY },
  has: { is: 'no' as const, why: NASTY, alias: NASTY, at: null },
  waiting: { count: 12, messages: [tried, tried, message()] },
  dead: { count: 1, messages: [message()] },
  next: 'it is tried again',
  help: [{ command: 'retry mom1', does: 'tries now' }],
}

const SCREENS: Readonly<Record<string, (width: number) => readonly string[]>> = {
  list: (width) => listTable([many, tried, message()], NOW, width, paint),
  show: (width) => [...showScreen(shown(many), NOW, width, paint), ...showScreen(shown(tried), NOW, width, paint)],
  trace: (width) => traceScreen([part, { via: ['b'], relay: null, why: NASTY, alert: null }], NOW, width, paint),
  why: (width) => whyScreen(why, NOW, width, paint),
}

test.each(Object.entries(SCREENS))(
  '%s fits into 80 columns but for what is to be copied, and nothing in it acts on a terminal',
  (name, screen) => {
    for (const width of [80, 160]) {
      const lines = screen(width)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      expect(lines.filter((line) => /[\u0000-\u001f\u007f-\u009f\u202e]/.test(line))).toEqual([])
      if (name !== 'show') expect(lines.filter((line) => [...line].length > width)).toEqual([])
    }
  },
)

test('of forty destinations those in trouble are named, the others counted', () => {
  expect(listTable([many], NOW, 80, paint)[1]).toMatch(/mom7 dead$/)
  expect(listTable([many], NOW, 200, paint)[1]).toMatch(/mom7 dead; 39 delivered; noc skipped \(match\)$/)
  expect(showScreen(shown(many), NOW, 80, paint)[0]).toMatch(/^dead at mom7; delivered at mom0, mom1, /)
})

test('attempts that are not kept are told, and one whose end nobody saw', () => {
  const text = showScreen(shown(tried), NOW, 160, paint).join('\n')
  expect(text).toMatch(/^ {2} +2 .* +\? +retry/m)
  expect(text).toMatch(/^ {2}… 6 are not kept$/m)
})

const of = (destination: string, state: string, more: Partial<ShownDelivery> = {}) =>
  delivery({ destination, state, endedAt: state === 'queued' ? null : '2026-11-21T19:08:02.500Z', ...more })
/** The second line of a trace: how the alert stands everywhere. */
const standing = (own: readonly ShownMessage[], beyond: readonly ShownMessage[] = []) => {
  const alert = { ...part.alert, ids: [{ id: 'x', by: null }], older: 0 }
  const parts = [
    { ...part, alert: { ...alert, messages: [...own] } },
    { ...part, via: ['mom'], alert: { ...alert, messages: [...beyond] } },
  ]
  return traceScreen(parts, NOW, 160, paint)[1]
}

test('trace does not say "all of it" alone where the alert died or waits behind a relay', () => {
  const there = [message({ deliveries: [of('mom', 'delivered')] })]
  const behind = (state: string) => [message({ deliveries: [of('alerta', state)] })]
  expect(standing(there, behind('delivered'))).toBe('mom: all of it')
  expect(standing(there, behind('dead'))).toBe('mom > alerta: 1 dead; mom: all of it')
  expect(standing(there, behind('sending'))).toBe('mom > alerta: 1 sending; mom: all of it')
})

test('trace says what a full queue left out, and nothing of what is not meant to go there', () => {
  const deliveries = [of('mom2', 'delivered')]
  const skipped = (why: string) => message({ deliveries, skipped: [{ destination: 'mom1', why }] })
  expect(standing([skipped('queue full')])).toBe('mom1: 1 left out (queue full); mom2: all of it')
  expect(standing([skipped('filter')])).toBe('mom2: all of it')
})

test('of a dead letter that was replayed the answer stands with its death, not with the replay', () => {
  const note = 'replayed as 01a201fb-35fa-7e02-af44-4b17f4a5e691; had died: told to misbehave'
  const replayed = message({ deliveries: [of('mom1', 'discarded', { attempts: 1, httpStatus: 422, note })] })
  expect(showScreen(shown(replayed), NOW, 160, paint).join('\n')).toContain(
    'mom1  discarded: replayed as 01a201fb-35fa-7e02-af44-4b17; had died 1.5s later after 1 try: 422 told to misbehave',
  )
})

test.each([
  [{ attempts: 0, tried: 0, tries: [] }, 'not tried yet'],
  [{ attempts: 0, tried: 1, tries: [attempt(1)] }, '1 try, not counted; last'],
  [{ attempts: 1, tried: 3, tries: [attempt(3)] }, '3 tries, 2 not counted; last'],
  [{ attempts: 2, tried: 2, tries: [attempt(2)] }, '2 tries; last'],
])('why does not call what was tried and given back untried: %j', (more, words) => {
  const first = message({ deliveries: [delivery(more)] })
  const lines = whyScreen({ ...why, waiting: { count: 1, messages: [first] } }, NOW, 2_000, paint)
  expect(lines.find((line) => line.startsWith('  the first'))).toContain(`ago), ${words}`)
})
