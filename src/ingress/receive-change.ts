import type { Write } from '../model/message.js'
import type { Answer } from './answers.js'
import { attributesFields, attributesProblem, statusFields, statusProblem, tagsFields, tagsProblem } from './change.js'
import type { Visit } from './entrance.js'
import { type AboutAlertDeps, alertIdOf, receiveAboutAlert } from './receive-action.js'
import { readObject } from './receive-alert.js'

/** What can be done to one alert, or to many at once, with a body that goes out as it came. */
export const CHANGES = ['status', 'tag', 'untag', 'attributes'] as const
export type Change = (typeof CHANGES)[number]

/** Makes the write for an alert; throws Refused 400 for what Alerta would refuse in the body, or fail at. */
export function readChange(kind: Change, body: Buffer): (alertId: string) => Write {
  switch (kind) {
    case 'status': {
      const fields = statusFields(readObject(body, statusProblem))
      return (alertId) => ({ kind, alertId, ...fields })
    }
    case 'tag':
    case 'untag': {
      const fields = tagsFields(readObject(body, tagsProblem))
      return (alertId) => ({ kind, alertId, ...fields })
    }
    case 'attributes': {
      const fields = attributesFields(readObject(body, attributesProblem))
      return (alertId) => ({ kind, alertId, ...fields })
    }
  }
}

/** How a change is called in answers. */
const NAMES: Readonly<Record<Change, string>> = {
  status: 'Status',
  tag: 'Tag',
  untag: 'Untag',
  attributes: 'Attributes',
}

/** PUT /alert/:id/status, /tag, /untag, /attributes (alerta/views/alerts.py, 9.1.0). */
export function createReceiveChange(deps: AboutAlertDeps, kind: Change): (visit: Visit) => Promise<Answer> {
  return async (visit) => {
    const write = readChange(kind, visit.body)
    return receiveAboutAlert(deps, visit, write(alertIdOf(visit)), visit.body, NAMES[kind])
  }
}
