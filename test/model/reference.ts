import type { Draft } from '../../src/model/message.js'

type AlertDraft = Extract<Draft, { kind: 'alert' }>
type OtherDraft = Extract<Draft, { kind: 'action' | 'delete' }>

/** What the destination `critical` knows of an alert. */
type Mark = 'open' | 'closed' | 'gone' | undefined

/**
 * The rules of who gets what, written down a second time, as simply as they can be said (DESIGN §4, match is sticky),
 * for three destinations: `all` gets everything, `critical` only what matches, `actions` every action.
 */
export function createReference(): (draft: AlertDraft | OtherDraft) => readonly string[] | 'gone' {
  const marks = new Map<string, Mark>()
  const current = new Set<string>()
  const deleted = new Set<string>()

  function alert({ alertId, alert: { severity } }: AlertDraft): readonly string[] {
    if (deleted.delete(alertId)) marks.delete(alertId)
    current.add(alertId)
    if (marks.get(alertId) !== 'open' && severity !== 'critical') return ['all']
    marks.set(alertId, severity === 'normal' ? 'closed' : 'open')
    return ['all', 'critical']
  }

  function other(draft: OtherDraft): readonly string[] | 'gone' {
    const { alertId } = draft
    const actions = draft.kind === 'action' ? ['actions'] : []
    if (deleted.has(alertId)) return 'gone'
    if (!current.has(alertId)) return ['all', 'critical', ...actions]
    const there = marks.get(alertId) !== undefined
    if (there) marks.set(alertId, markAfter(draft, marks.get(alertId)))
    if (draft.kind === 'delete') {
      current.delete(alertId)
      deleted.add(alertId)
    }
    return ['all', ...(there ? ['critical'] : []), ...actions]
  }

  return (draft) => (draft.kind === 'alert' ? alert(draft) : other(draft))
}

function markAfter(draft: OtherDraft, mark: Mark): Mark {
  if (draft.kind === 'delete') return 'gone'
  if (draft.action === 'close') return 'closed'
  return draft.action === 'open' ? 'open' : mark
}
