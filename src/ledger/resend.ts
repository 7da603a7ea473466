import type { AlertFields } from '../model/alert.js'
import type { AlertState } from '../model/ledger.js'

/** All that a sender may say of an alert, in Alerta's order; the record has the compiler see to it that none is missing. */
const SENT: Readonly<Record<keyof AlertFields | 'id', true>> = {
  id: true,
  resource: true,
  event: true,
  environment: true,
  severity: true,
  correlate: true,
  status: true,
  service: true,
  group: true,
  value: true,
  text: true,
  tags: true,
  attributes: true,
  origin: true,
  type: true,
  createTime: true,
  timeout: true,
  rawData: true,
  customer: true,
}
const NAMES = Object.keys(SENT) as (keyof typeof SENT)[]

/**
 * The body of a POST /alert that brings a peer that has not the alert to this state: JSON in UTF-8. To one that has it a
 * status of "open" says nothing, and how long an ack or shelving holds is not told.
 */
export const bodyOf = (state: AlertState): Buffer =>
  Buffer.from(JSON.stringify(Object.fromEntries(NAMES.map((name) => [name, state[name]]))))
