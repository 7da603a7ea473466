import { expect, test } from 'vitest'
import type { KnownAlert, Mark } from '../../src/model/decision.js'
import type { FieldMatch, Route } from '../../src/model/destination.js'
import { createDecide } from '../../src/routing/decide.js'
import { explainVerdict } from '../../src/routing/explain.js'
import { compileMatch, explainMatch } from '../../src/routing/match.js'
import { route } from '../contract/bench.js'
import { actionDraft, alertDraft, fields } from '../support/drafts.js'

/** Why one destination gets a draft, or does not, as the routing decides it. */
function why(draft: ReturnType<typeof alertDraft>, one: Route, known?: KnownAlert): string {
  const decision = createDecide([one])(draft, { seen: false, alert: known, outdated: false, news: false })
  if (decision.kind !== 'accept') throw new Error(decision.kind)
  const [verdict] = decision.verdicts
  if (verdict === undefined) throw new Error('no verdict')
  return `${verdict.kind}: ${explainVerdict(one, verdict, draft, known)}`
}

const matching = (...match: readonly FieldMatch[]) => route('mom1', { match })
const knownAs = (mark: Mark | undefined): KnownAlert => ({
  key: { environment: 'Production', resource: 'web01', event: 'NodeDown', customer: null },
  lanes: { resource: 1, alert: 2 } as unknown as KnownAlert['lanes'],
  last: undefined,
  marks: new Map(mark === undefined ? [] : [['mom1', mark]]),
  gone: false,
})

const severity = { field: 'severity', patterns: ['critical', 'major'] }
const resource = { field: 'resource', patterns: ['!lab-*'] }
const region = { field: 'attributes.region', patterns: ['EU'] }

test.each([
  [alertDraft(), route('mom1'), undefined, 'queue: forward [*] lets it through, and there is no match'],
  [
    alertDraft({ severity: 'major' }),
    matching(severity),
    undefined,
    'queue: the match holds: severity critical or major',
  ],
  [
    alertDraft({ severity: 'minor' }),
    matching(severity),
    undefined,
    'skip: severity is minor, wanted is critical or major',
  ],
  [
    alertDraft({ severity: 'minor', resource: 'lab-1' }),
    matching(severity, resource, region),
    undefined,
    'skip: severity is minor, wanted is critical or major; resource is lab-1, wanted is !lab-*; attributes.region is not set, wanted is EU',
  ],
  [
    alertDraft({ severity: 'minor' }),
    matching(severity),
    knownAs('open'),
    'queue: the alert was sent there before and is open there: all about it follows, though severity is minor, wanted is critical or major',
  ],
  [
    alertDraft({ severity: 'minor' }),
    matching(severity),
    knownAs('closed'),
    'skip: severity is minor, wanted is critical or major',
  ],
  [alertDraft(), route('mom1', { forward: ['actions'] }), undefined, 'skip: forward [actions] has no word for it'],
  [
    alertDraft({}, { via: 'http://edge,http://mom1' }),
    route('mom1'),
    undefined,
    'skip: it came from there or passed there: http://mom1 stands in X-Alerta-Loop',
  ],
  [actionDraft('a1', 'ack'), matching(severity), knownAs(undefined), 'skip: its alert was never sent there'],
  [actionDraft('a1', 'ack'), route('mom1'), knownAs('open'), 'queue: forward [*] lets it through'],
] as const)('%#: a verdict is explained by what it was made of', (draft, one, known, expected) => {
  expect(why(draft, one, known)).toBe(expected)
})

test('what is explained of a match is what decides', () => {
  for (const match of [[severity], [resource], [region], [severity, resource, region]]) {
    for (const alert of [
      fields(),
      fields({ severity: 'ok' }),
      fields({ resource: 'lab-9', attributes: { region: 'EU' } }),
    ]) {
      expect(explainMatch(match, alert).every(({ holds }) => holds)).toBe(compileMatch(match)(alert))
    }
  }
})
