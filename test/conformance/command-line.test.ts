import { beforeAll, expect, test } from 'vitest'
import { codeIn, isAbout, rowsUnder, statusIn } from './document.js'
import { type Answer, type Case, readRecording } from './recording.js'
import { replay } from './replay.js'

/**
 * What the alerta command line reads: each of its questions, with the answers of a server that had other alerts. Where it
 * asked for what is newer than all, the time is one to come.
 */
const recording = readRecording('cli-get')
const rows = rowsUnder('What the command line reads')

let answers: ReadonlyMap<string, Answer>
beforeAll(async () => {
  answers = await replay('cli-get', recording)
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

const bodyOf = (topic: 'alert-get' | 'auth', name: string): unknown =>
  readRecording(topic).cases.find((one) => one.name === name)?.answer.body
/** Where the recorder kept only the beginning: the same answer of another recording. */
const LONG: Readonly<Record<string, unknown>> = {
  '/alerts': bodyOf('alert-get', 'alerts-resource-exact'),
  '/keys': bodyOf('auth', 'admin-key-GET-keys'),
}
const theirs = ({ path, answer }: Case): unknown => answer.body ?? LONG[path.split('?')[0] as string]

const paths = (a: unknown, b: unknown, at = ''): readonly string[] => {
  if (JSON.stringify(a) === JSON.stringify(b)) return []
  // nothing in the list is nothing to compare
  if (Array.isArray(a) && Array.isArray(b)) return a.length > 0 && b.length > 0 ? paths(a[0], b[0], at) : []
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return [at]
  const [x, y] = [a, b] as Record<string, unknown>[]
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])]
  return names.flatMap((name) => paths(x?.[name], y?.[name], at === '' ? name : `${at}.${name}`))
}
const differences = (one: Case): readonly string[] => paths(shape(theirs(one)), shape(answers.get(one.name)?.body))

test.each(recording.cases.map((one) => [one.name, one] as const))('%s', (name, one) => {
  const ours = answers.get(name) as Answer
  const [row] = rows.filter((each) => isAbout(each, name))
  const { cells: [alerta = `${one.answer.status}`, relay = `${one.answer.status}`] = [] } = row ?? {}
  expect([one.answer.status, ours.status]).toEqual([statusIn(alerta), statusIn(relay)])
  expect(differences(one)).toEqual(codeIn(relay))
})

test('nothing is listed that is not so', () => {
  const about = (names: readonly string[]) => recording.cases.filter(({ name }) => isAbout({ names, cells: [] }, name))
  for (const { names } of rows) expect(about(names).flatMap(differences)).not.toEqual([])
  expect(recording.cases.length).toBeGreaterThan(30)
})
