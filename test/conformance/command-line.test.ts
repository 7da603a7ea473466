import { beforeAll, expect, test } from 'vitest'
import { codeIn, isAbout, quotedIn, rowsUnder, statusIn } from './document.js'
import { type Answer, type Case, readRecording, type Topic } from './recording.js'
import { replay } from './replay.js'

/**
 * All that the alerta command line asks, command by command, with the answers of a server that had other alerts. Where it
 * asked for what is newer than all, the time is one to come. Its every command asks for GET /config first: that stands
 * here once.
 */
const recording = readRecording('cli')
const rows = rowsUnder('What the command line asks')

let answers: ReadonlyMap<string, Answer>
beforeAll(async () => {
  answers = await replay('cli', recording)
}, 60_000)

/** Objects whose names are data. */
const MAPS = ['severityCounts', 'statusCounts', 'attributes']

/** What an answer is made of, without what it says. */
function shape(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shape(value[0])]
  if (value === null || typeof value === 'string') return 'text or null'
  if (typeof value !== 'object' || MAPS.includes(key)) return MAPS.includes(key) ? 'map' : typeof value
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, inner]) => [name, shape(inner, name)] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  )
}

const bodyOf = (topic: Topic, name: string): unknown =>
  readRecording(topic).cases.find((one) => one.name === name)?.answer.body
/** Where the recorder kept only the beginning: the same answer of another recording. */
const LONG: Readonly<Record<string, unknown>> = {
  'GET /config': bodyOf('management', 'config'),
  'GET /alerts': bodyOf('alert-get', 'alerts-resource-exact'),
  'GET /heartbeats': bodyOf('heartbeat', 'list'),
  'GET /keys': bodyOf('auth', 'admin-key-GET-keys'),
  'POST /alert': bodyOf('alert-post', 'full'),
}
/** Of these no recording has all. */
const CUT = ['/config', '/management/status']
const partOf = (whole: unknown, part: unknown): unknown =>
  Object.fromEntries(Object.keys(part as object).map((name) => [name, (whole as Record<string, unknown>)[name]]))
const theirs = ({ method, path, answer }: Case): unknown => answer.body ?? LONG[`${method} ${path.split('?')[0]}`]

const paths = (a: unknown, b: unknown, at = ''): readonly string[] => {
  if (JSON.stringify(a) === JSON.stringify(b)) return []
  // nothing in the list is nothing to compare
  if (Array.isArray(a) && Array.isArray(b)) return a.length > 0 && b.length > 0 ? paths(a[0], b[0], at) : []
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return [at]
  const [x, y] = [a, b] as Record<string, unknown>[]
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])]
  return names.flatMap((name) => paths(x?.[name], y?.[name], at === '' ? name : `${at}.${name}`))
}

const messageOf = ({ body }: Pick<Answer, 'body'>): unknown => (body as { message?: unknown } | undefined)?.message

/** Where the answers differ: fields, or of an error the message, which the command line shows. */
function differences(one: Case): readonly string[] {
  const ours = answers.get(one.name) as Answer
  if (ours.status !== one.answer.status) return ['status']
  if (ours.status >= 400) return messageOf(ours) === messageOf(one.answer) ? [] : ['message']
  const kept = theirs(one)
  return paths(shape(kept), shape(CUT.includes(one.path) ? partOf(ours.body, kept) : ours.body))
}

test.each(recording.cases.map((one) => [one.name, one] as const))('%s', (name, one) => {
  const ours = answers.get(name) as Answer
  const [row, ...others] = rows.filter((each) => isAbout(each, name))
  expect(others, 'it is listed more than once').toEqual([])
  const { cells: [alerta = `${one.answer.status}`, relay = `${one.answer.status}`] = [] } = row ?? {}
  expect([one.answer.status, ours.status]).toEqual([statusIn(alerta), statusIn(relay)])
  for (const text of quotedIn(relay)) expect(messageOf(ours)).toContain(text)
  const said = alerta.startsWith(relay.slice(0, 3)) ? codeIn(relay) : ['status']
  expect(differences(one).toSorted()).toEqual(said.toSorted())
})

test('nothing is listed that is not so', () => {
  const about = (pattern: string) =>
    recording.cases.filter(({ name }) => isAbout({ names: [pattern], cells: [] }, name))
  for (const name of rows.flatMap(({ names }) => names)) expect(about(name).flatMap(differences), name).not.toEqual([])
})

test('every answer that the recorder cut short has another to be compared with', () => {
  const alike = recording.cases.filter(({ name, answer }) => answers.get(name)?.status === answer.status)
  expect(alike.filter((one) => theirs(one) === undefined).map(({ name }) => name)).toEqual([])
  expect(alike.length).toBeGreaterThan(80)
})
