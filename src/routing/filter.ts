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

/** Whether a destination's forwarding filter lets a message through; words as in Alerta's FWD_DESTINATIONS. */
export function allows(forward: readonly string[], write: Pick<Write, 'kind'> & { action?: string }): boolean {
  return forward.some((word) => word === '*' || wordAllows(word, write))
}

/** Whether the destination gets alerts at all, so that an action about an alert it never got makes no sense there. */
export const takesAlerts = (forward: readonly string[]): boolean => allows(forward, { kind: 'alert' })

function wordAllows(word: string, write: Pick<Write, 'kind'> & { action?: string }): boolean {
  if (write.kind !== 'action') return word === WORDS[write.kind]
  return word === 'actions' || (allowsActions(word) && word.toLowerCase() === write.action?.toLowerCase())
}

/** The kinds of message that may go there; of actions perhaps only some. */
export const kindsTaken = (forward: readonly string[]): ReadonlySet<Kind> =>
  new Set(KINDS.filter((kind) => (kind === 'action' ? forward.some(allowsActions) : allows(forward, { kind }))))

const allowsActions = (word: string): boolean => !KIND_WORDS.has(word)
