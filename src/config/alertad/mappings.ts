import { parseDuration } from '../../base/units.js'
import { formatDuration } from '../format.js'
import type { Path } from '../problem.js'
import { plain } from './plain.js'
import { isDict, isList, isText, literal, template, type Value } from './values.js'

/** How a setting's value is written in our file; undefined where it is not of the kind that it must be. */
type Conversion = (value: Value) => unknown

const flag: Conversion = (value) => (typeof value === 'boolean' ? value : undefined)
const words: Conversion = (value) => (isText(value) ? template(value) : undefined)
const wordList: Conversion = (value) => (isList(value) && value.items.every(isText) ? plain(value) : undefined)
const anything: Conversion = (value) => plain(value)
const oneOrMore: Conversion = (value) => (isText(value) ? [template(value)] : wordList(value))

/** A duration from a number of units; one that comes from the environment keeps its reference. */
const counted =
  (unit: 'ms' | 's' | 'd'): Conversion =>
  (value) => {
    if (typeof value === 'number') return value >= 0 ? shortened(`${value}${unit}`) : undefined
    return isText(value) && literal(value) === undefined ? `${template(value)}${unit}` : undefined
  }

/** 7200s is 2h. */
export function shortened(duration: string): string {
  const ms = parseDuration(duration)
  return ms === undefined ? duration : formatDuration(ms)
}

/** An empty map is Alerta's way to say that its own values count. */
const levels: Conversion = (value) => (isDict(value) && value.entries.size > 0 ? plain(value) : undefined)

const colors: Conversion = (value) => {
  const severities = isDict(value) ? value.entries.get('severity') : undefined
  return isDict(severities) ? plain(severities) : undefined
}

/** Alerta's filter of the web UI: a word or a list of them for each field. */
const filter: Conversion = (value) => {
  if (!isDict(value)) return undefined
  const lists = [...value.entries].map(([field, wanted]) => [field, oneOrMore(wanted)] as const)
  return lists.some(([, list]) => list === undefined) ? undefined : Object.fromEntries(lists)
}

const LOG_LEVELS: Readonly<Record<string, string>> = {
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  WARNING: 'warn',
  ERROR: 'error',
  CRITICAL: 'error',
}
const logLevel: Conversion = (value) => LOG_LEVELS[literal(value)?.toUpperCase() ?? '']
const logFormat: Conversion = (value) => (literal(value) === 'json' ? 'json' : undefined)

export interface Mapping {
  readonly path: Path
  readonly convert: Conversion
}

/** Settings of Alerta (alerta/settings.py 9.1.0) that say the same as a key of ours. */
export const MAPPINGS: Readonly<Record<string, Mapping>> = {
  BASE_URL: { path: ['base_url'], convert: words },
  AUTH_REQUIRED: { path: ['auth', 'required'], convert: flag },
  TOKEN_EXPIRE_DAYS: { path: ['auth', 'login_expiry'], convert: counted('d') },
  USE_PROXYFIX: { path: ['use_proxyfix'], convert: flag },
  SEVERITY_MAP: { path: ['alerts', 'severities'], convert: levels },
  DEFAULT_NORMAL_SEVERITY: { path: ['alerts', 'normal_severity'], convert: words },
  DEFAULT_PREVIOUS_SEVERITY: { path: ['alerts', 'previous_severity'], convert: words },
  ALERT_TIMEOUT: { path: ['alerts', 'timeout'], convert: counted('s') },
  ACK_TIMEOUT: { path: ['alerts', 'ack_timeout'], convert: counted('s') },
  SHELVE_TIMEOUT: { path: ['alerts', 'shelve_timeout'], convert: counted('s') },
  LOG_LEVEL: { path: ['log', 'level'], convert: logLevel },
  LOG_FORMAT: { path: ['log', 'format'], convert: logFormat },
  SITE_LOGO_URL: { path: ['web_ui', 'site_logo_url'], convert: words },
  GOOGLE_TRACKING_ID: { path: ['web_ui', 'google_tracking_id'], convert: words },
  COLUMNS: { path: ['web_ui', 'columns'], convert: wordList },
  SORT_LIST_BY: { path: ['web_ui', 'sort_by'], convert: oneOrMore },
  DEFAULT_FILTER: { path: ['web_ui', 'filter'], convert: filter },
  ACTIONS: { path: ['web_ui', 'actions'], convert: wordList },
  COLOR_MAP: { path: ['web_ui', 'severity_colors'], convert: colors },
  DEFAULT_FONT: { path: ['web_ui', 'font'], convert: anything },
  DEFAULT_AUDIO_FILE: { path: ['web_ui', 'audio_file'], convert: words },
  DATE_FORMAT_SHORT_TIME: { path: ['web_ui', 'short_time'], convert: words },
  DATE_FORMAT_MEDIUM_DATE: { path: ['web_ui', 'medium_date'], convert: words },
  DATE_FORMAT_LONG_DATE: { path: ['web_ui', 'long_date'], convert: words },
  ASI_SEVERITY: { path: ['web_ui', 'indicator_severities'], convert: wordList },
  ASI_QUERIES: { path: ['web_ui', 'indicator_queries'], convert: anything },
  AUTO_REFRESH_INTERVAL: { path: ['web_ui', 'refresh_interval'], convert: counted('ms') },
  CLIPBOARD_TEMPLATE: { path: ['web_ui', 'clipboard_template'], convert: words },
}

/** Alerta's reject plugin; without it these do nothing there. */
export const REJECT_MAPPINGS: Readonly<Record<string, Mapping>> = {
  ALLOWED_ENVIRONMENTS: { path: ['reject', 'allowed_environments'], convert: wordList },
  ORIGIN_BLACKLIST: { path: ['reject', 'origin_blacklist'], convert: wordList },
}
