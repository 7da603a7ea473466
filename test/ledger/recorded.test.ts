import { describe, expect, test } from 'vitest'
import { codeIn, headingsUnder, isAbout, rowsUnder } from '../conformance/document.js'
import { type Case, readRecording } from '../conformance/recording.js'
import { comparable, createAlerts, differing, type Kept, ours, readAfter } from './recorded.js'

/** The chapter of docs/compatibility.md that lists how the ledger differs from what Alerta has. */
const CHAPTER = 'What the ledger has'

interface Compared {
  readonly name: string
  readonly theirs: Record<string, unknown>
  readonly mine: Record<string, unknown>
}

const post = (): readonly Compared[] => {
  const alerts = createAlerts()
  return readRecording('alert-post').cases.flatMap((one) => {
    if (one.answer.status !== 201) return []
    for (const before of one.before) {
      if (typeof before !== 'string') alerts.receive(json({ ...ALERT, ...before }))
    }
    const mine = ours(alerts.receive(one.body))
    const { alert } = (one.answer.body ?? {}) as { alert?: Record<string, unknown> }
    return alert === undefined ? [] : [{ name: one.name, theirs: comparable(alert), mine }]
  })
}

const action = (): readonly (Compared & { readonly one: Case; readonly kept: Kept })[] => {
  const after = new Map(readAfter('action').map((one) => [one.name, one.after]))
  const alerts = createAlerts()
  return readRecording('alert-action').cases.flatMap((one) => {
    const theirs = after.get(one.name)
    if (theirs === undefined || !(one.answer.status === 200 || one.answer.status === 409)) return []
    const [, id = ''] = /^\/alert\/([^/]+)\/action$/.exec(one.path) ?? []
    for (const before of one.before) {
      if (typeof before === 'string') alerts.act(id, json({ action: before, text: '' }))
      else if ('id' in before) alerts.receive(json({ ...ALERT, resource: before.id, ...before }))
    }
    const kept = alerts.act(id, one.body)
    return [{ name: one.name, one, kept, theirs: comparable(theirs), mine: ours(kept) }]
  })
}

const update = (): readonly Compared[] => {
  const after = new Map(readAfter('update').map((one) => [one.name, one.after]))
  const alerts = createAlerts()
  return readRecording('alert-update').cases.flatMap((one) => {
    for (const before of one.before) alerts.receive(json({ ...ALERT, ...(before as object) }))
    const [, id = '', kind = ''] = /^\/alert\/([^/]+)\/(status|tag|untag|attributes)$/.exec(one.path) ?? []
    if (one.answer.status !== 200 || kind === '') return []
    const mine = ours(alerts.change(id, kind as 'status', one.body))
    const theirs = after.get(one.name)
    return theirs === undefined ? [] : [{ name: one.name, theirs: comparable(theirs), mine }]
  })
}

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))
const ALERT = { resource: 'r', event: 'EventX', environment: 'Production', severity: 'major', service: ['Svc'] }

const TOPICS = new Map<string, readonly Compared[]>([
  ['After POST /alert', post()],
  ['After PUT /alert/:id/action', action()],
])

describe.each([...TOPICS])('%s', (heading, cases) => {
  const rows = rowsUnder(heading)

  test.each(cases.map((one) => [one.name, one] as const))('%s', (name, { theirs, mine }) => {
    const parts = differing(theirs, mine)
    const [row, ...others] = rows.filter((each) => isAbout(each, name))
    expect(others, 'it is listed more than once').toEqual([])
    if (row === undefined) {
      expect(Object.fromEntries(Object.keys(theirs).map((part) => [part, mine[part]]))).toEqual(theirs)
      return
    }
    expect(parts, 'it does not differ any more: take it out of docs/compatibility.md').not.toEqual([])
    expect(parts.filter((part) => !codeIn(row.cells[0] ?? '').includes(part))).toEqual([])
  })

  test('nothing is listed that is not so', () => {
    for (const { names, cells } of rows) {
      const about = (pattern: string) => cases.filter(({ name }) => isAbout({ names: [pattern], cells }, name))
      expect(names.filter((pattern) => about(pattern).length === 0)).toEqual([])
      const parts = names.flatMap(about).flatMap(({ theirs, mine }) => differing(theirs, mine))
      expect(codeIn(cells[0] ?? '').filter((part) => !parts.includes(part))).toEqual([])
    }
  })
})

test.each(update().map((one) => [one.name, one] as const))('nothing differs after %s', (_, { theirs, mine }) => {
  expect(Object.fromEntries(Object.keys(theirs).map((part) => [part, mine[part]]))).toEqual(theirs)
})

test('the ledger refuses exactly the actions that Alerta answers with 409', () => {
  const cases = action()
  const refused = cases.filter(({ kept }) => kept.refused !== undefined).map(({ name }) => name)
  expect(refused).toEqual(cases.filter(({ one }) => one.answer.status === 409).map(({ name }) => name))
  expect(refused.length).toBeGreaterThan(0)
})

test('every table of the chapter is about a recording', () => {
  expect([...headingsUnder(CHAPTER)].toSorted()).toEqual([...TOPICS.keys()].toSorted())
})
