import fc from 'fast-check'
import { expect, test } from 'vitest'
import { alertText, shownAlert } from '../../src/ledger/shown.js'
import type { HistoryEntry } from '../../src/model/ledger.js'
import { alertDraft } from '../support/drafts.js'
import { rulesFor } from '../support/rules.js'
import { runs } from '../support/search.js'

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', ',"updateTime":5,"user":', '","updateTime":5,"user":"', '\\"', '\u2028', '\n'),
)
/** As apply-alert.ts writes it, and in any other order. */
const entry: fc.Arbitrary<HistoryEntry> = fc
  .record({
    id: fc.oneof(fc.uuid(), text),
    event: text,
    severity: text,
    status: text,
    value: fc.option(text),
    text,
    type: text,
    updateTime: fc.integer({ min: 0, max: 4e12 }),
    user: text,
    timeout: fc.option(fc.nat()),
  })
  .chain((one) => fc.constantFrom(one, Object.fromEntries(Object.entries(one).reverse()) as unknown as HistoryEntry))

const apply = rulesFor([]).apply

test('an alert is answered by its text as it is shown member by member, whatever its history says', () => {
  const property = fc.property(text, fc.array(entry), (resource, history) => {
    const draft = alertDraft({ resource, text: resource })
    if (draft.kind !== 'alert') throw new Error('not an alert')
    const { state } = apply(draft, undefined)
    const kept = history.map((one) => JSON.stringify(one))
    const told = JSON.parse(alertText({ state, history: kept }, 'http://relay:8080'))
    expect(told).toEqual(JSON.parse(JSON.stringify(shownAlert({ state, history }, 'http://relay:8080'))))
  })
  fc.assert(property, { numRuns: runs(300) })
})
