import type { Context, Hono, MiddlewareHandler } from 'hono'
import { shownNote } from '../ledger/shown.js'
import type { Ids } from '../model/ids.js'
import { secondsOf, textsOf } from './alert-body.js'
import type { Alerts, Change } from './alerts.js'
import { isObject, type SinkEnv, textOf } from './env.js'
import { type Members, membersOf, needJson, refuse, userOf } from './request.js'

export interface ChangesDeps {
  readonly alerts: Alerts
  readonly ids: Ids
  /** our URL */
  readonly base: () => string
  /** answers what has been here before; by how it is called there */
  readonly guard: (what: string) => MiddlewareHandler<SinkEnv>
}

/** What it takes as, or what is wrong with it. */
type Reader = (members: Members) => Change | string

const READERS: Readonly<Record<string, Reader>> = {
  status: ({ status, text, timeout }) =>
    textOf(status) === ''
      ? "must supply 'status' as json data"
      : { kind: 'status', status: textOf(status), text: textOf(text), timeout: secondsOf(timeout) },
  tag: ({ tags }) => (textsOf(tags).length === 0 ? NO_TAGS : { kind: 'tag', tags: textsOf(tags) }),
  untag: ({ tags }) => (textsOf(tags).length === 0 ? NO_TAGS : { kind: 'untag', tags: textsOf(tags) }),
  attributes: ({ attributes }) =>
    isObject(attributes) && Object.keys(attributes).length > 0
      ? { kind: 'attributes', attributes }
      : "must supply 'attributes' as json data",
}
const NO_TAGS = "must supply 'tags' as json list"

/** What is done to an alert beside actions: status, tags, attributes and notes, with Alerta's answers. */
export function addChanges(api: Hono<SinkEnv>, { alerts, ids, base, guard }: ChangesDeps): void {
  for (const [name, read] of Object.entries(READERS)) {
    api.put(`/alert/:id/${name}`, needJson, guard(name), (c) => {
      const change = read(membersOf(c))
      if (typeof change === 'string') return refuse(c, 400, change)
      const changed = alerts.change(idOf(c), change, userOf(c))
      return changed === undefined ? refuse(c, 404, 'not found') : c.json({ status: 'ok' })
    })
  }
  api.put('/alert/:id/note', needJson, guard('Note'), (c) => {
    const { text, note } = membersOf(c)
    const said = textOf(text) || textOf(note)
    if (said === '') return refuse(c, 400, "must supply 'note' text")
    const noteId = ids.id()
    const added = alerts.change(idOf(c), { kind: 'note', action: 'add', noteId, text: said }, userOf(c))
    const [newest] = added === undefined ? [] : alerts.notes(added.id).slice(-1)
    if (newest === undefined) return refuse(c, 404, 'not found')
    return c.json({ status: 'ok', id: noteId, note: shownNote(newest, base()) }, 201)
  })
  api.get('/alert/:id/notes', (c) => {
    const alert = alerts.find(idOf(c))
    if (alert === undefined) return refuse(c, 404, 'not found')
    const notes = alerts.notes(alert.id).map((note) => shownNote(note, base()))
    return c.json({ status: 'ok', notes, total: notes.length })
  })
  const one = (c: Context<SinkEnv>) => {
    const alert = alerts.find(idOf(c))
    const noteId = c.req.param('note') ?? ''
    return alerts.notes(alert?.id ?? '').some(({ id }) => id === noteId) ? { id: idOf(c), noteId } : undefined
  }
  api.put('/alert/:id/note/:note', needJson, guard('Note'), (c) => {
    const known = one(c)
    if (known === undefined) return refuse(c, 404, 'not found')
    const { id, noteId } = known
    const changed = alerts.change(
      id,
      { kind: 'note', action: 'change', noteId, text: textOf(membersOf(c).text) },
      userOf(c),
    )
    const note = alerts.notes(changed?.id ?? '').find((each) => each.id === noteId)
    return c.json({ status: 'ok', note: note && shownNote(note, base()) })
  })
  api.delete('/alert/:id/note/:note', guard('Note'), (c) => {
    const known = one(c)
    if (known === undefined) return refuse(c, 404, 'note not found')
    alerts.change(known.id, { kind: 'note', action: 'remove', noteId: known.noteId, text: '' }, userOf(c))
    return c.json({ status: 'ok' })
  })
}

const idOf = (c: Context<SinkEnv>): string => c.req.param('id') ?? ''
