import { iso } from '../base/clock.js'
import type { AlertFields } from '../model/alert.js'
import type { Message, NoteAction, Write } from '../model/message.js'
import { actionFields } from './action.js'
import { type AlertRules, alertFields, alertProblem } from './alert.js'
import { attributesFields, noteFields, statusFields, tagsFields } from './change.js'
import { parseObject } from './json-object.js'
import { createTimeOf, textOr } from './values.js'

type Change = Exclude<Extract<Write, { readonly alertId: string }>, { kind: 'alert' | 'delete' }>

/**
 * What a journalled message about an alert says, for one whose alert became known later; undefined: it is a reception, a
 * delete, or about no alert. Its body has passed its checks before.
 */
export function reread({ kind, alertId, action, noteId, body }: Message): Change | undefined {
  if (kind === 'note' && body === null) return { kind, alertId, ...noteOf({ action, noteId }), text: '' }
  const parsed = body === null ? undefined : parseObject(body)
  if (parsed === undefined || !parsed.ok) return undefined
  const { value: object } = parsed
  switch (kind) {
    case 'action':
      return { kind, alertId, ...actionFields(object), action: action ?? '' }
    case 'status':
      return { kind, alertId, ...statusFields(object) }
    case 'tag':
    case 'untag':
      return { kind, alertId, ...tagsFields(object) }
    case 'attributes':
      return { kind, alertId, ...attributesFields(object) }
    case 'note':
      return { kind, alertId, ...noteOf({ action, noteId }), ...noteFields(object) }
    default:
      return undefined
  }
}

/** The alert of a journalled reception; undefined: it is none, or one that would not be accepted today. */
export const createRereadAlert =
  (rules: AlertRules) =>
  ({ kind, body, acceptedAt }: Message): AlertFields | undefined => {
    const parsed = kind !== 'alert' || body === null ? undefined : parseObject(body)
    if (parsed === undefined || !parsed.ok || alertProblem(parsed.value, rules) !== undefined) return undefined
    // both stand in the body where the relay decided them
    const createTime = createTimeOf(parsed.value) ?? iso(acceptedAt)
    return alertFields(parsed.value, { createTime, customer: textOr(parsed.value, 'customer', null) }, rules)
  }

/** The schema sees to it that a note's message has both. */
const noteOf = ({ action, noteId }: Pick<Message, 'action' | 'noteId'>) => ({
  action: action as NoteAction,
  noteId: noteId as string,
})
