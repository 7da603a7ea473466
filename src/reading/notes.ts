import { shownNote } from '../ledger/shown.js'
import type { Answering } from './alerts.js'
import { ambiguous, notFound } from './refusals.js'

/** GET /alert/:id/notes. */
export async function alertNotes({ alerts, baseUrl }: Answering, id: string, customers: readonly string[]) {
  const notes = await alerts.notes(id, customers)
  if (notes === 'ambiguous') throw ambiguous()
  if (notes === undefined) throw notFound()
  return {
    status: 'ok',
    ...(notes.length === 0 ? { message: 'not found' } : {}),
    notes: notes.map((note) => shownNote(note, baseUrl)),
    total: notes.length,
  }
}
