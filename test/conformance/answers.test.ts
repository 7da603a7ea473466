import { beforeAll, describe, expect, test } from 'vitest'
import { type Comparable, comparable, differences, without } from './compare.js'
import { codeIn, headingsUnder, isAbout, quotedIn, type Row, rowsUnder, statusIn } from './document.js'
import { type Answer, type Case, readRecording, TOPICS, type Topic } from './recording.js'
import { replay } from './replay.js'

/** Where docs/compatibility.md lists how we differ. */
const HEADINGS: Readonly<Record<Topic, string>> = {
  'alert-post': 'Alerts: POST /alert',
  'alert-action': 'Actions: PUT /alert/:id/action',
  'alert-update': 'Statuses, tags, attributes and notes: PUT /alert/:id/status and the like',
  'alert-delete': 'Deletes: DELETE /alert/:id',
  'alert-get': 'Reading: GET /alerts and the like',
  heartbeat: 'Heartbeats and healthcheck: POST /heartbeat, GET /management/healthcheck',
  auth: 'Credentials',
  'hawk-disclosure': 'The secret in a Hawk error',
  loop: 'Loops: X-Alerta-Loop',
  cors: 'Browsers: CORS',
  management: 'GET /config',
}
const EVERYWHERE = 'In every answer'

/** Fields of every answer that are listed once, for all cases in which the sender did not send them. */
const everywhere = rowsUnder(EVERYWHERE).flatMap(({ names }) => names)

interface Compared {
  readonly theirs: Comparable
  readonly ours: Comparable
  /** where they differ */
  readonly parts: readonly string[]
}

function isSent(one: Case, path: string): boolean {
  const [, ...below] = path.split('.')
  const text = one.body.toString('utf8')
  const body: unknown = below.length > 0 && text.startsWith('{"') && one.answer.status < 300 ? JSON.parse(text) : {}
  const sent = below.reduce((value, name) => (value as Record<string, unknown> | undefined)?.[name], body)
  return below.length > 0 && sent !== undefined
}

function compare(one: Case, recordedAt: number, answer: Answer): Compared {
  const paths = everywhere.filter((path) => !isSent(one, path))
  const plain = (of: Answer, at: number): Comparable => {
    const whole = comparable(of, one, at)
    return { ...whole, body: paths.reduce((body, path) => without(body, path.split('.')), whole.body) }
  }
  const theirs = plain(one.answer, recordedAt)
  const ours = plain(answer, Date.now())
  return { theirs, ours, parts: differences(theirs, ours) }
}

/** A listed difference says what is: both statuses, the texts in quotes, and, where both did the same, every part that differs. */
function checkRow({ cells: [alerta = '', relay = ''] }: Row, { theirs, ours, parts }: Compared, one: Case): void {
  expect(parts, 'it does not differ any more: take it out of docs/compatibility.md').not.toEqual([])
  expect([statusIn(alerta), statusIn(relay)]).toEqual([theirs.status, ours.status])
  for (const text of quotedIn(alerta)) expect(JSON.stringify(theirs.body)).toContain(text)
  for (const text of quotedIn(relay)) expect(JSON.stringify(ours.body)).toContain(text)
  if (theirs.status !== ours.status && one.method !== 'OPTIONS') return
  const unsaid = quotedIn(relay).length > 0 ? ['status', 'message'] : ['status']
  const named = [...unsaid, ...codeIn(alerta), ...codeIn(relay)]
  expect(parts.filter((part) => !named.some((name) => isPartOf(part, name)))).toEqual([])
}

/** Whoever says that `alerts` differ has said so of `alerts.id`. */
const isPartOf = (part: string, name: string): boolean => part === name || part.startsWith(`${name}.`)

/** Alerta's shape of an error. */
function checkShape(answer: Answer): void {
  // the health pages are plain text
  if (answer.status < 400 || typeof answer.body === 'string') return
  const requestId = answer.headers['x-request-id']
  const { message, ...rest } = answer.body as Record<string, unknown>
  expect(rest).toEqual({ status: 'error', code: answer.status, errors: null, requestId })
  expect(message).toMatch(/./)
}

const recordings = new Map(TOPICS.map((topic) => [topic, readRecording(topic)]))
const answers = new Map<Topic, ReadonlyMap<string, Answer>>()
beforeAll(async () => {
  for (const [topic, recording] of recordings) answers.set(topic, await replay(topic, recording))
}, 60_000)

const answerTo = (topic: Topic, one: Case): Answer => answers.get(topic)?.get(one.name) as Answer

describe.each([...recordings])('%s', (topic, { at, cases }) => {
  const rows = rowsUnder(HEADINGS[topic])

  test.each(cases.map((one) => [one.name, one] as const))('%s', (name, one) => {
    const answer = answerTo(topic, one)
    const compared = compare(one, at, answer)
    const [row, ...others] = rows.filter((each) => isAbout(each, name))
    expect(others, 'it is listed more than once').toEqual([])
    if (row === undefined) expect(compared.ours).toEqual(compared.theirs)
    else checkRow(row, compared, one)
    checkShape(answer)
  })

  test('nothing is listed that is not so', () => {
    for (const { names, cells } of rows) {
      const about = (pattern: string) => cases.filter(({ name }) => isAbout({ names: [pattern], cells }, name))
      expect(names.filter((pattern) => about(pattern).length === 0)).toEqual([])
      const parts = names.flatMap(about).flatMap((one) => compare(one, at, answerTo(topic, one)).parts)
      const named = cells.slice(0, 2).flatMap(codeIn)
      expect(named.filter((name) => !parts.some((part) => isPartOf(part, name)))).toEqual([])
    }
  })
})

test('what is listed for every answer is so', () => {
  const parts = [...recordings].flatMap(([topic, { at, cases }]) =>
    cases.flatMap((one) =>
      differences(comparable(one.answer, one, at), comparable(answerTo(topic, one), one, Date.now())),
    ),
  )
  expect(everywhere.filter((path) => !parts.includes(path))).toEqual([])
})

test('every table of answers on the page is about a recording', () => {
  const known = [EVERYWHERE, ...Object.values(HEADINGS)]
  expect([...headingsUnder('Answers')].sort()).toEqual(known.sort())
})
