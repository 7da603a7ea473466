import type { Config } from '../config/schema.js'
import { HEARTBEAT_TIMEOUT_S } from './heartbeat.js'

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
const COLUMNS = [
  ...['severity', 'status', 'lastReceiveTime', 'duplicateCount', 'customer', 'environment'],
  ...['service', 'resource', 'event', 'value', 'text'],
]

/**
 * GET /config: what the alerta CLI asks for before every command, and the fields without which the web UI does not
 * start. Open to all, so nothing in it is about this relay but its address and whether one must sign in.
 */
export function clientConfig(config: Pick<Config, 'base_url' | 'auth' | 'reject' | 'alerts'>): object {
  const { severities, normal_severity, previous_severity, timeout, ack_timeout, shelve_timeout } = config.alerts
  return {
    endpoint: config.base_url,
    alarm_model: {
      name: 'Alerta',
      severity: severities,
      status: STATUS,
      colors: COLORS,
      defaults: { status: 'open', normal_severity, previous_severity },
    },
    severity: severities,
    colors: COLORS,
    timeouts: {
      alert: seconds(timeout),
      heartbeat: HEARTBEAT_TIMEOUT_S,
      ack: seconds(ack_timeout),
      shelve: seconds(shelve_timeout),
    },
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

const seconds = (ms: number): number => Math.ceil(ms / 1_000)
