import type { AlertState, Applied, HistoryEntry, Note, Noted } from '../model/ledger.js'
import type { Draft } from '../model/message.js'
import { longerTrail } from './trail.js'

type NoteDraft = Extract<Draft, { kind: 'note' }>

/** `known`: the note as it is; undefined: there is none (alerta/models/alert.py and note.py, 9.1.0). */
export function applyNote(draft: NoteDraft, state: AlertState, known: Note | undefined): Applied {
  switch (draft.action) {
    case 'add':
      return { ...noted(draft, state, 'note', draft.text), note: { kind: 'kept', note: noteOf(draft, state) } }
    case 'remove':
      return { ...noted(draft, state, 'dismiss', 'note dismissed'), note: { kind: 'removed', id: draft.noteId } }
    case 'change': {
      const note = known === undefined ? {} : { note: changed(draft, known) }
      return { state, entry: undefined, changed: false, refused: undefined, ...note }
    }
  }
}

/** The note of an added one's message; `state` undefined: nothing is known of its alert. */
export function noteOf(
  draft: Pick<NoteDraft, 'noteId' | 'text' | 'credential' | 'acceptedAt' | 'alertId'>,
  state: AlertState | undefined,
): Note {
  const { noteId, text, credential, acceptedAt, alertId } = draft
  return {
    id: noteId,
    text,
    user: credential,
    attributes: state === undefined ? {} : about(state),
    createTime: acceptedAt,
    updateTime: null,
    alert: state?.id ?? alertId,
    customer: state?.customer ?? null,
  }
}

const about = ({ resource, event, environment, severity, status }: AlertState) => ({
  ...{ resource, event, environment, severity, status },
})

const changed = ({ text, credential, acceptedAt }: NoteDraft, known: Note): Noted => ({
  kind: 'kept',
  note: { ...known, text: text === '' ? known.text : text, user: credential, updateTime: acceptedAt },
})

/** What happens to a note is told in the alert's history under the note's id. */
function noted({ noteId, credential, acceptedAt }: NoteDraft, state: AlertState, type: string, text: string): Applied {
  const { event, severity, status, value } = state
  const entry: HistoryEntry = {
    ...{ id: noteId, event, severity, status, value, text, type, updateTime: acceptedAt, user: credential },
    timeout: null,
  }
  return { state: { ...state, ...longerTrail(state, entry) }, entry, changed: false, refused: undefined }
}
