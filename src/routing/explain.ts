import { unreachable } from '../base/unreachable.js'
import type { KnownAlert, SkipReason, Verdict } from '../model/decision.js'
import type { Route } from '../model/destination.js'
import { findHop } from '../model/hops.js'
import type { Draft } from '../model/message.js'
import { explainMatch, type Held } from './match.js'

/** Why a verdict is as it is, in a sentence for people. */
export function explainVerdict(route: Route, verdict: Verdict, draft: Draft, known: KnownAlert | undefined): string {
  if (verdict.kind === 'skip') return whyNot(verdict.why, route, draft)
  if (draft.kind !== 'alert') return `${words(route)} lets it through`
  if (route.match.length === 0) return `${words(route)} lets it through, and there is no match`
  const failing = explainMatch(route.match, draft.alert).filter(({ holds }) => !holds)
  if (failing.length === 0) return `the match holds: ${route.match.map(condition).join('; ')}`
  const mark = known?.marks.get(route.name)
  return `the alert was sent there before and is ${mark} there: all about it follows, though ${failing.map(fault).join('; ')}`
}

function whyNot(why: SkipReason, route: Route, draft: Draft): string {
  switch (why) {
    case 'already passed':
      return `it came from there or passed there: ${findHop(draft.hops, route.identities)?.text} stands in X-Alerta-Loop`
    case 'filter':
      return `${words(route)} has no word for it`
    case 'match':
      if (draft.kind !== 'alert') return 'the match does not hold'
      return explainMatch(route.match, draft.alert)
        .filter(({ holds }) => !holds)
        .map(fault)
        .join('; ')
    case 'not sent there':
      return 'its alert was never sent there'
    case 'outdated':
      return 'something newer about the alert has been accepted already'
    case 'queue full':
      return 'the queue is full'
    case 'blackout':
      return 'a blackout covers it: it is noted here, and passed on to nobody'
    case 'about itself':
      return 'it tells that the queue of this destination is full'
    default:
      return unreachable(why)
  }
}

const words = ({ forward }: Route): string => `forward [${forward.join(', ')}]`

const condition = ({ field, patterns }: Pick<Held, 'field' | 'patterns'>): string => `${field} ${patterns.join(' or ')}`

/** `severity is minor, wanted is critical or major` */
export const fault = ({ field, patterns, values }: Held): string =>
  `${field} is ${values.length === 0 ? 'not set' : values.join(', ')}, wanted is ${patterns.join(' or ')}`
