import { unreachable } from '../base/unreachable.js'
import type { SkipReason } from '../model/decision.js'
import type { Route } from '../model/destination.js'
import type { AlertStory } from '../model/story.js'
import { fault } from '../routing/explain.js'
import { explainMatch } from '../routing/match.js'
import type { There } from './there.js'

/** Whether a destination should have an alert, and why. `route`: undefined where it is not configured any more. */
export function shouldHave(alert: AlertStory, destination: string, route: Route | undefined): There['should'] {
  const standing = alert.standing.find((one) => one.destination === destination)
  // what is said about an alert may go where the alert itself does not
  const mark = standing?.sent === true || standing?.mark === 'gone' ? standing.mark : undefined
  const why = newestSkip(alert, destination)
  if (mark === 'gone') return { is: 'not any more', why: 'its delete was queued there, or came from there' }
  if (mark === undefined && why === undefined) {
    return { is: 'unknown', why: 'nothing is remembered of it with regard to this destination' }
  }
  if (why === 'queue full' && mark === undefined) {
    return { is: 'yes', why: 'it goes there; but its queue was full, and the resync has to bring it' }
  }
  if (mark === undefined) return { is: 'no', why: whyNot(why as SkipReason, alert, route) }
  const left = why === 'queue full' ? '; but its queue was full, and the resync has to bring it' : ''
  const sticky = 'it was queued there or came from there, and all about it follows'
  const closed = 'its closing message was queued there or came from there; what comes next goes there if it matches'
  return { is: 'yes', why: (mark === 'open' ? sticky : closed) + left }
}

/** What was decided of the alert itself says more than what was decided of what followed. */
function newestSkip({ messages }: AlertStory, destination: string): SkipReason | undefined {
  const skips = messages.flatMap(({ message: { kind }, skipped }) =>
    skipped.filter((one) => one.destination === destination).map(({ why }) => ({ kind, why })),
  )
  return (skips.findLast(({ kind }) => kind === 'alert') ?? skips.at(-1))?.why
}

function whyNot(why: SkipReason, { state }: AlertStory, route: Route | undefined): string {
  switch (why) {
    case 'already passed':
      return 'it came from there, or had passed there'
    case 'filter':
      return `forward ${route === undefined ? '' : `[${route.forward.join(', ')}] `}has no word for it`
    case 'match': {
      if (route === undefined || state === undefined) return 'it does not match'
      const failing = explainMatch(route.match, state).filter(({ holds }) => !holds)
      if (failing.length === 0) return 'it did not match; as it is now it would'
      return `it does not match: ${failing.map(fault).join('; ')}`
    }
    case 'not sent there':
      return 'what was said about it does not go where the alert itself was never sent'
    case 'outdated':
      return 'something newer was known already'
    case 'queue full':
      return 'its queue was full: the resync has to bring it'
    case 'blackout':
      return 'a blackout covered it'
    case 'about itself':
      return 'it told that the queue of this destination was full'
    default:
      return unreachable(why)
  }
}
