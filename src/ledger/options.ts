import { severitiesOf } from '../config/alerts.js'
import type { Config } from '../config/schema.js'
import type { Severities } from '../model/alert.js'

/** What can be configured of Alerta's machine, under Alerta's names there (alerta/settings.py). */
export interface LedgerOptions extends Severities {
  /** of an alert that does not say it, seconds; 0: never */
  readonly timeoutS: number
  /** how long an ack holds that does not say it, seconds; 0: for ever */
  readonly ackTimeoutS: number
  /** how long a shelving holds that does not say it, seconds; 0: for ever */
  readonly shelveTimeoutS: number
}

export const ledgerOptions = ({ alerts }: Pick<Config, 'alerts'>): LedgerOptions => ({
  ...severitiesOf(alerts),
  timeoutS: Math.ceil(alerts.timeout / 1_000),
  ackTimeoutS: Math.ceil(alerts.ack_timeout / 1_000),
  shelveTimeoutS: Math.ceil(alerts.shelve_timeout / 1_000),
})
