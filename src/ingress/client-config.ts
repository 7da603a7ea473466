import type { Config } from '../config/schema.js'
import { SEVERITY_LEVEL } from '../model/alert.js'
import { DEFAULT_TIMEOUT_S } from './alert.js'

/** Alerta's own values (settings.py and alarm model of 9.1.0), where clients break without one. */
const COLORS = {
  severity: {
    security: 'blue',
    critical: 'red',
    major: 'orange',
    minor: 'yellow',
    warning: 'dodgerblue',
    indeterminate: 'lightblue',
    informational: '#00CC00',
    normal: '#00CC00',
    ok: '#00CC00',
    cleared: '#00CC00',
    debug: '#9D006D',
    trace: '#7554BF',
    unknown: 'silver',
  },
  status: { ack: 'skyblue', shelved: 'skyblue' },
  text: 'black',
}
const STATUS = {
  open: 'A',
  assign: 'B',
  ack: 'C',
  shelved: 'D',
  blackout: 'E',
  closed: 'F',
  expired: 'G',
  unknown: 'H',
}
const TIMEOUTS_S = { alert: DEFAULT_TIMEOUT_S, heartbeat: DEFAULT_TIMEOUT_S, ack: 0, shelve: 7_200 }
const COLUMNS = [
  ...['severity', 'status', 'lastReceiveTime', 'duplicateCount', 'customer', 'environment'],
  ...['service', 'resource', 'event', 'value', 'text'],
]

/**
 * GET /config: what the alerta CLI asks for before every command, and the fields without which the web UI does not
 * start. Open to all, so nothing in it is about this relay but its address and whether one must sign in.
 */
export function clientConfig(config: Pick<Config, 'base_url' | 'auth' | 'reject'>): object {
  return {
    endpoint: config.base_url,
    alarm_model: {
      name: 'Alerta',
      severity: SEVERITY_LEVEL,
      status: STATUS,
      colors: COLORS,
      defaults: { status: 'open', normal_severity: 'normal', previous_severity: 'indeterminate' },
    },
    severity: SEVERITY_LEVEL,
    colors: COLORS,
    timeouts: TIMEOUTS_S,
    auth_required: config.auth.required,
    provider: 'basic',
    client_id: null,
    signup_enabled: false,
    customer_views: false,
    environments: config.reject.allowed_environments,
    actions: [],
    columns: COLUMNS,
    sort_by: 'lastReceiveTime',
    filter: { status: ['open', 'ack'] },
    indicators: { queries: [], severity: [] },
    dates: { shortTime: 'HH:mm', mediumDate: 'EEE d MMM HH:mm', longDate: 'd/M/yyyy h:mm:ss.sss a' },
    font: {},
    audio: {},
    blackouts: { duration: 3_600 },
    clipboard_template: '',
    refresh_interval: 5_000,
  }
}
