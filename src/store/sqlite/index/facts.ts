import type { Facts, KnownAlert } from '../../../model/decision.js'
import type { AboutAlert } from '../../../model/message.js'
import { isApplied, type Judged } from './ledger.js'

/** What is to be known of a message about no alert before it is routed. */
export const factsAlone = (seen: boolean): Facts => ({ seen, alert: undefined, outdated: false, news: false })

/** What is to be known of a message about an alert before it is routed. */
export const factsOf = (
  draft: AboutAlert,
  judged: Judged,
  { seen, alert }: { readonly seen: boolean; readonly alert: KnownAlert | undefined },
): Facts => ({ seen, alert, outdated: judged.standing === 'outdated', news: isNews(draft, judged) })

/** Without a stamp and with hops it comes from a server that may have had it for long: its being later says nothing. */
const isNews = (draft: AboutAlert, judged: Judged): boolean =>
  (draft.stamp !== undefined || draft.hops.length === 0) && isApplied(judged) && judged.applied?.changed === true
