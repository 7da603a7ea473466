import { hash } from 'node:crypto'
import { unreachable } from '../base/unreachable.js'
import type { Change } from '../model/decision.js'
import { sameOrigin, samePath } from '../model/hops.js'
import { type AboutAlert, type Draft, isAboutAlert } from '../model/message.js'

/** How long a copy may take on the longer way round a diamond (DESIGN §4). */
const ALERT_WINDOW_MS = 10 * 60_000
const ACTION_WINDOW_MS = 60_000

/** What a draft would leave as its alert's last change; undefined where it is about no alert. */
export function changeOf(draft: Draft): Change | undefined {
  if (!isAboutAlert(draft)) return undefined
  return { alertId: draft.alertId, digest: contentDigest(draft), hops: draft.hops, at: draft.acceptedAt }
}

/**
 * Whether a change is the last one again, come another way: same id, equal content, other hops, within the window.
 * `last` is the change that was accepted last, so nothing else came in between; but it may be an older one, that others
 * have undone since, so that the same said once more is news (model/decision.ts) and not asked for here. What else two
 * operators do is not the same, however alike, where it was accepted at different places; an alert with an id is, as when a
 * load balancer tries the other side. In doubt it is not a copy.
 */
export function isCopy(kind: Draft['kind'], change: Change, last: Change): boolean {
  const window = kind === 'alert' ? ALERT_WINDOW_MS : ACTION_WINDOW_MS
  return (
    change.alertId === last.alertId &&
    change.digest === last.digest &&
    (kind === 'alert' || sameOrigin(change.hops, last.hops)) &&
    !samePath(change.hops, last.hops) &&
    Math.abs(change.at - last.at) <= window
  )
}

function contentDigest(draft: AboutAlert): string {
  return hash('sha256', JSON.stringify(content(draft)), 'base64url').slice(0, 22)
}

function content(draft: AboutAlert): readonly unknown[] {
  switch (draft.kind) {
    case 'alert': {
      const { event, severity, status, value, text } = draft.alert
      return ['alert', event, severity, status, value, text]
    }
    case 'action':
      return ['action', draft.action, draft.text, draft.timeout]
    case 'delete':
      return ['delete']
    case 'status':
      return ['status', draft.status, draft.text, draft.timeout]
    case 'tag':
    case 'untag':
      return [draft.kind, draft.tags]
    case 'attributes':
      return ['attributes', draft.attributes]
    case 'note':
      return ['note', draft.action, draft.noteId, draft.text]
    default:
      return unreachable(draft)
  }
}
