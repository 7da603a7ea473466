import { KINDS, type Kind, type Write } from '../model/message.js'

/** The words that mean a kind of message; all others are actions' names. */
const WORDS: Readonly<Record<Exclude<Kind, 'action'>, string>> = {
  alert: 'alerts',
  delete: 'delete',
  heartbeat: 'heartbeats',
  status: 'status',
  tag: 'tag',
  untag: 'untag',
  attributes: 'attributes',
  note: 'notes',
  webhook: 'webhooks',
}
const KIND_WORDS = new Set(Object.values(WORDS))

/** What of a message the filter looks at. */
type Filtered = Pick<Write, 'kind'> & { readonly action?: string; readonly ranOut?: true }

/**
 * Whether a destination's forwarding filter lets a message through; words as in Alerta's FWD_DESTINATIONS. What the
 * relay's housekeeping does goes only where it is named: every server has its own, and one that was away for long would
 * end what the others know to go on.
 */
export function allows(forward: readonly string[], write: Filtered): boolean {
  if (write.ranOut) return forward.some((word) => isNameOf(word, write.action))
  return forward.some((word) => word === '*' || wordAllows(word, write))
}

const ALL_BUT_WEBHOOKS = ['actions', ...Object.values(WORDS).filter((word) => word !== WORDS.webhook)]

/** The words of a system of another kind: its `*` has no webhooks, for it takes Alerta's own requests. */
export const withoutWebhooks = (forward: readonly string[]): readonly string[] =>
  forward.flatMap((word) => (word === '*' ? ALL_BUT_WEBHOOKS : [word]))

/** Whether the destination gets alerts at all, so that an action about an alert it never got makes no sense there. */
export const takesAlerts = (forward: readonly string[]): boolean => allows(forward, { kind: 'alert' })

function wordAllows(word: string, write: Filtered): boolean {
  if (write.kind !== 'action') return word === WORDS[write.kind]
  return word === 'actions' || (allowsActions(word) && isNameOf(word, write.action))
}

const isNameOf = (word: string, action: string | undefined): boolean => word.toLowerCase() === action?.toLowerCase()

/** The kinds of message that may go there; of actions perhaps only some. */
export const kindsTaken = (forward: readonly string[]): ReadonlySet<Kind> =>
  new Set(KINDS.filter((kind) => (kind === 'action' ? forward.some(allowsActions) : allows(forward, { kind }))))

const allowsActions = (word: string): boolean => !KIND_WORDS.has(word)
