import type { AlertFields } from '../model/alert.js'
import type { Route } from '../model/destination.js'
import type { Finding, Judge, Pair, Remedy, RemedyAction, ResyncPlan, There } from '../model/resync.js'
import { heldUntil, isOver, standingAt } from '../model/standing.js'
import { allows, takesAlerts } from './filter.js'
import { compileMatch } from './match.js'

export type Selection = Pick<ResyncPlan, 'by' | 'since' | 'match'>

/** Whether a destination has what it should have, alert by alert, and what to send it where it has not. Pure. */
export function createCompare(routes: readonly Route[]): (destination: string, selection: Selection) => Judge {
  return (destination, { by, since, match }) => {
    const route = routes.find(({ name }) => name === destination)
    if (route === undefined) throw new Error(`no destination is named ${destination}`)
    const matches = compileMatch(route.match)
    const selected = compileMatch(match)
    const judge = by === 'all' ? judgeUnseen(route, matches, since !== null) : judgeSeen(route, matches)
    return (pair, now) =>
      (since !== null && pair.heardAt < since) || isKeptBack(pair.state) || !selected(pair.state)
        ? undefined
        : judge(pair, now)
  }
}

/** By a blackout: it was not to be passed on. */
const isKeptBack = ({ status }: AlertFields): boolean => status === 'blackout'

type Matches = (alert: AlertFields) => boolean

/** Later messages about the alert go there: it should have it. */
const shouldHave = (route: Route, matches: Matches, { state, mark }: Pair): boolean =>
  takesAlerts(route.forward) && (mark === 'open' || matches(state))

/** `closings`: those closed or deleted too; of what happened long ago nobody knows whether it is still open there. */
const judgeUnseen =
  (route: Route, matches: Matches, closings: boolean): Judge =>
  (pair, now) => {
    const { state, sent } = pair
    const { status, over } = standingAt(state, now)
    if (pair.deletedAt !== null || over) {
      if (!closings || !sent) return undefined
      if (pair.deletedAt !== null) return deletion(route)
      return isOver(state.status) && takesAlerts(route.forward) ? differing(status) : undefined
    }
    if (!shouldHave(route, matches, pair)) return undefined
    return { difference: 'missing there', remedy: { kind: 'state', status, followedBy: undefined } }
  }

const judgeSeen =
  (route: Route, matches: Matches): Judge =>
  (pair, now) => {
    const { state, there } = pair
    if (pair.deletedAt !== null) {
      // what the peer has heard of since then lives on there
      return there !== undefined && there.receivedAt <= pair.deletedAt ? deletion(route) : undefined
    }
    const { status, over } = standingAt(state, now)
    if (there === undefined) {
      if (over || !shouldHave(route, matches, pair)) return undefined
      return { difference: 'missing there', remedy: remedyOf(route, pair, status, now) }
    }
    const knew = over && takesAlerts(route.forward) && pair.mark !== undefined && pair.mark !== 'gone'
    if (!(knew || shouldHave(route, matches, pair)) || agree(there, pair, status, over)) return undefined
    return { difference: 'differs', remedy: remedyOf(route, pair, status, now) }
  }

/** Attributes, times and counts are the peer's own business, and so is when it notices that a time has run out. */
function agree(there: There, { state }: Pair, status: string, over: boolean): boolean {
  if (over) return isOver(there.status) || !isOver(state.status)
  return (there.status === state.status || there.status === status) && there.severity === state.severity
}

const differing = (status: string): Finding => ({
  difference: 'differs',
  remedy: { kind: 'state', status, followedBy: undefined },
})

const deletion = ({ forward }: Route): Finding | undefined =>
  allows(forward, { kind: 'delete' }) ? { difference: 'deleted here', remedy: { kind: 'delete' } } : undefined

/** A POST sets any status but "open", which says nothing there; and no POST says until when an ack or shelving holds. */
function remedyOf(route: Route, { state, there }: Pair, status: string, now: number): Remedy {
  const may = (action: RemedyAction): boolean => allows(route.forward, { kind: 'action', action: action.action })
  const until = heldUntil(state) ?? 0
  if (until > now && (there === undefined || there.status === 'open')) {
    const timeout = Math.ceil((until - now) / 1_000)
    const followedBy: RemedyAction = { action: status === 'ack' ? 'ack' : 'shelve', timeout }
    if (may(followedBy)) return { kind: 'state', status: 'open', followedBy }
  }
  const held = there !== undefined && there.status !== 'open' && !isOver(there.status)
  const open: RemedyAction = { action: 'open', timeout: null }
  return { kind: 'state', status, followedBy: status === 'open' && held && may(open) ? open : undefined }
}
