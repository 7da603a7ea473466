import { percentEncoded } from '../base/percent.js'
import { noteOf } from '../ledger/apply-note.js'
import { hrefOf, shownNote } from '../ledger/shown.js'
import type { Ids } from '../model/ids.js'
import type { NoteAction } from '../model/message.js'
import type { Receipt } from './accept.js'
import { type Answer, suppressed } from './answers.js'
import { noteChangeProblem, noteFields, noteProblem } from './change.js'
import { idProblem } from './checks.js'
import type { Visit } from './entrance.js'
import { type AboutAlertDeps, alertIdOf, receiveAboutAlert } from './receive-action.js'
import { readObject } from './receive-alert.js'
import { Refused } from './refused.js'
import { splice } from './splice.js'
import { textOr } from './values.js'

type Deps = AboutAlertDeps & { readonly ids: Pick<Ids, 'id'> }

const WHAT = 'Note'

/** PUT and POST /alert/:id/note. Relays tell each other the note's id; Alerta gives every note one of its own. */
export function createReceiveNote(deps: Deps): (visit: Visit) => Promise<Answer> {
  return async (visit) => {
    const object = readObject(visit.body, noteProblem)
    const offered = visit.principal.peer ? textOr(object, 'id', null) : null
    const noteId = offered ?? deps.ids.id()
    const body = offered === null ? splice(object, new Map([['id', noteId]])) : visit.body
    const told = await receive(deps, visit, { noteId, action: 'add', ...noteFields(object) }, body)
    if (!('note' in told)) return told
    const { note } = told
    return {
      status: 201,
      body: { status: 'ok', id: note.id, note: shownNote(note, deps.baseUrl) },
      headers: { Location: `${hrefOf(note.alert, deps.baseUrl)}/note/${percentEncoded(note.id)}` },
    }
  }
}

/** PUT /alert/:id/note/:note_id. */
export function createReceiveNoteChange(deps: Deps): (visit: Visit) => Promise<Answer> {
  return async (visit) => {
    const { text } = noteFields(readObject(visit.body, noteChangeProblem))
    const told = await receive(deps, visit, { noteId: noteIdOf(visit), action: 'change', text }, visit.body)
    return 'note' in told ? { status: 200, body: { status: 'ok', note: shownNote(told.note, deps.baseUrl) } } : told
  }
}

/** DELETE /alert/:id/note/:note_id. */
export function createReceiveNoteRemoval(deps: Deps): (visit: Visit) => Promise<Answer> {
  return async (visit) => {
    const write = {
      kind: 'note',
      alertId: alertIdOf(visit),
      noteId: noteIdOf(visit),
      action: 'remove',
      text: '',
    } as const
    return receiveAboutAlert(deps, visit, write, null, WHAT)
  }
}

interface Fields {
  readonly noteId: string
  readonly action: NoteAction
  readonly text: string
}

/** The note as it is now; or what is answered instead, to what has been here before. */
async function receive(deps: Deps, visit: Visit, fields: Fields, body: Buffer) {
  const loop = deps.loopGuard(visit, WHAT)
  if (loop !== undefined) return suppressed(loop)
  const alertId = alertIdOf(visit)
  const at = deps.clock.now()
  const receipt: Receipt = await deps.accept(visit, { kind: 'note', alertId, ...fields }, body, at)
  if (receipt.kind === 'copy') return suppressed(`${WHAT} already processed by ${deps.baseUrl}`, fields.noteId)
  const written = { ...fields, alertId, acceptedAt: at, credential: visit.principal.name }
  return { note: receipt.note ?? noteOf(written, undefined) }
}

function noteIdOf({ urlNoteId }: Visit): string {
  const problem = idProblem(urlNoteId)
  if (problem !== undefined) throw new Refused(400, problem)
  return urlNoteId
}
