import { z } from 'zod'
import { duration } from './fields.js'

/** Alerta's own values (alarm model of 9.1.0). */
const SEVERITY_COLORS = {
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
}
const COLUMNS = [
  ...['severity', 'status', 'lastReceiveTime', 'timeoutLeft', 'duplicateCount', 'customer', 'environment'],
  ...['service', 'resource', 'event', 'value', 'text'],
]
const FONT = { 'font-family': '"Sintony", Arial, sans-serif', 'font-size': '13px', 'font-weight': 500 }
const INDICATED = ['critical', 'major', 'minor', 'warning', 'indeterminate', 'informational']

const texts = z.array(z.string())

/** What GET /config tells Alerta's web UI of how to look; the defaults are those of alerta/settings.py 9.1.0. */
export const webUiSchema = z.strictObject({
  site_logo_url: z.string().default(''),
  google_tracking_id: z.string().default(''),
  columns: texts.default([...COLUMNS]),
  sort_by: texts.default(['severity', 'lastReceiveTime']),
  filter: z.record(z.string(), texts).default({ status: ['open', 'ack'] }),
  actions: texts.default([]),
  severity_colors: z.record(z.string(), z.string()).default({ ...SEVERITY_COLORS }),
  font: z.record(z.string(), z.union([z.string(), z.number()])).default({ ...FONT }),
  audio_file: z.string().default(''),
  short_time: z.string().default('HH:mm'),
  medium_date: z.string().default('ddd D MMM HH:mm'),
  long_date: z.string().default('ddd D MMM, YYYY HH:mm:ss.SSS Z'),
  indicator_severities: texts.default([...INDICATED]),
  indicator_queries: z.array(z.record(z.string(), z.unknown())).default([]),
  refresh_interval: duration.prefault('5s'),
  clipboard_template: z.string().default(''),
})
