import { readSetting } from '../environment.js'
import { ensureAccess, takeHawkCredentials } from './access.js'
import type { Assignments } from './assignments.js'
import { takeDestinations } from './destinations.js'
import { concealed, type Draft, emptyDraft, note, type Place, put, todo } from './draft.js'
import { reasonFor } from './left-out.js'
import { MAPPINGS, type Mapping, REJECT_MAPPINGS, shortened } from './mappings.js'
import { takeOrigins } from './origins.js'
import type { Assigned } from './reader.js'
import { isList, isText, literal, onlyVariable, type Value } from './values.js'

export interface TakeOverDeps {
  /** a fresh key that nobody can guess */
  readonly newKey: () => string
}

/** What settings of an Alerta server mean for a relay in its place; nothing is lost without a remark. */
export function takeOver(assignments: Assignments, { newKey }: TakeOverDeps): Draft {
  const draft = emptyDraft()
  const plugins = pluginsOf(assignments)
  for (const [setting, assigned] of inOrder(assignments)) {
    const place = { setting, line: assigned.line }
    if ('unreadable' in assigned) {
      if (isKnown(setting)) todo(draft, place, `${assigned.unreadable}: write its value into the new file yourself`)
      else if (!assignments.used.has(setting)) note(draft, place, `${assigned.unreadable}: left out`)
    } else if (isKnown(setting) || !assignments.used.has(setting)) take(assigned.value, place, draft, plugins)
  }
  const forwarded = assignments.names.get('FWD_DESTINATIONS')
  if (forwarded !== undefined && !plugins.includes('forwarder')) {
    const place = { setting: 'FWD_DESTINATIONS', line: forwarded.line }
    todo(draft, place, 'Alerta forwards nothing, for PLUGINS has no forwarder; the relay forwards to every destination')
  }
  for (const unread of assignments.unread) draft.remarks.push({ setting: '', ...unread })
  ensureAccess(draft, newKey)
  return draft
}

/** Flask takes capital names for settings. Where we stand comes first, for destinations are compared with it. */
function inOrder({ names }: Assignments): (readonly [string, Assigned])[] {
  const settings = [...names].filter(([name]) => /^[A-Z][A-Z0-9_]*$/.test(name))
  return settings.sort(([a], [b]) => Number(b === 'BASE_URL') - Number(a === 'BASE_URL'))
}

type Special = (value: Value, draft: Draft, line: number) => void
const SPECIAL: Readonly<Record<string, Special>> = {
  FWD_DESTINATIONS: takeDestinations,
  HMAC_AUTH_CREDENTIALS: takeHawkCredentials,
  CORS_ORIGINS: takeOrigins,
  BASE_URL: takeBaseUrl,
  SECRET_KEY: takeSecretKey,
  ADMIN_KEY: takeAdminKey,
  PLUGINS: takePlugins,
  DEBUG: takeDebug,
}

const isKnown = (setting: string): boolean =>
  Object.hasOwn(SPECIAL, setting) || Object.hasOwn(MAPPINGS, setting) || Object.hasOwn(REJECT_MAPPINGS, setting)

function take(value: Value, place: Place, draft: Draft, plugins: readonly string[]): void {
  const { setting } = place
  const special = Object.hasOwn(SPECIAL, setting) ? SPECIAL[setting] : undefined
  if (special !== undefined) return special(value, draft, place.line)
  if (Object.hasOwn(REJECT_MAPPINGS, setting) && !plugins.includes('reject')) {
    return note(draft, place, 'does nothing there, for PLUGINS has no reject: left out')
  }
  const mapping = { ...MAPPINGS, ...REJECT_MAPPINGS }[setting]
  if (mapping !== undefined) {
    if (setting === 'ALLOWED_ENVIRONMENTS') put(draft, ['reject', 'require_service'], true, place)
    return takeMapped(value, mapping, place, draft)
  }
  if (takeByEnvironmentName(value, place, draft) || isUnset(value) || value === false || isEmpty(value)) return
  const { level, message } = reasonFor(setting)
  if (level === 'todo') todo(draft, place, message)
  else note(draft, place, message)
}

/** None and nothing mean Alerta's default, which is ours too. */
const isUnset = (value: Value): boolean => value === null || literal(value) === ''

function takeMapped(value: Value, { path, convert }: Mapping, place: Place, draft: Draft): void {
  if (isUnset(value)) return
  const converted = convert(value)
  if (converted !== undefined) return put(draft, path, converted, place)
  const where = path.join('.')
  const variable = onlyVariable(value)?.variable
  if (variable !== undefined) {
    todo(draft, place, `comes from the environment variable ${variable}: write ${where} into the new file yourself`)
  } else if (place.setting !== 'LOG_FORMAT' && !isEmpty(value)) {
    todo(draft, place, `is not of the kind that ${where} must be: left out`)
  }
}

const isEmpty = (value: Value): boolean =>
  typeof value === 'object' && value !== null && value.kind !== 'text'
    ? (value.kind === 'list' ? value.items.length : value.entries.size) === 0
    : false

/** A setting that the relay reads from the environment by its name, so that it has a counterpart; simple values only. */
function takeByEnvironmentName(value: Value, place: Place, draft: Draft): boolean {
  const text = asVariable(value)
  const read = text === undefined ? undefined : readSetting(place.setting, text)
  if (read === undefined || read.faults.length > 0 || place.setting === 'DATABASE_URL') return false
  const written = typeof read.value === 'string' && read.value !== text ? shortened(read.value) : read.value
  put(draft, read.path, written, place)
  if (read.path[0] === 'blackouts')
    todo(draft, place, 'there are no blackouts at the relay unless blackouts.enabled is true')
  return true
}

function asVariable(value: Value): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (isText(value)) return literal(value)
  const items = isList(value) ? value.items.map(literal) : [undefined]
  return items.every((item) => item !== undefined && !item.includes(',')) ? items.join(',') : undefined
}

function takeBaseUrl(value: Value, draft: Draft, line: number): void {
  const place = { setting: 'BASE_URL', line }
  const known = literal(value)
  if (known === '') return
  if (known !== undefined && !/^https?:\/\//i.test(known)) {
    return todo(draft, place, 'is no absolute URL, by which loops could be recognised: write base_url yourself')
  }
  takeMapped(value, MAPPINGS.BASE_URL as Mapping, place, draft)
  todo(draft, place, 'is now the name of the relay; where that Alerta keeps running under it, write another base_url')
}

function takeSecretKey(value: Value, draft: Draft, line: number): void {
  const place = { setting: 'SECRET_KEY', line }
  const path = readSetting('SECRET_KEY', '')?.path
  if (path === undefined || !isText(value)) return todo(draft, place, 'is not a text: left out')
  put(draft, path, concealed(draft, 'SECRET_KEY', value, place), place)
}

/** Not a setting of Alerta's file but of its container's environment; some write it here too. */
function takeAdminKey(value: Value, draft: Draft, line: number): void {
  const place = { setting: 'ADMIN_KEY', line }
  if (!isText(value)) return todo(draft, place, 'is not a text: left out')
  put(draft, ['auth', 'api_keys', 0], { key: concealed(draft, 'ADMIN_KEY', value, place), scopes: ['admin'] }, place)
}

/** As in alerta/settings.py 9.1.0. */
const DEFAULT_PLUGINS = ['remote_ip', 'reject', 'heartbeat', 'blackout', 'forwarder']

function pluginsOf({ names }: Assignments): readonly string[] {
  const assigned = names.get('PLUGINS')
  if (assigned === undefined || 'unreadable' in assigned || !isList(assigned.value)) return DEFAULT_PLUGINS
  return assigned.value.items.map(literal).filter((name) => name !== undefined)
}

function takePlugins(value: Value, draft: Draft, line: number): void {
  const place = { setting: 'PLUGINS', line }
  const names = isList(value) ? value.items.map(literal) : []
  const others = names.filter((name) => name === undefined || !DEFAULT_PLUGINS.includes(name))
  if (others.length > 0) {
    todo(
      draft,
      place,
      `${others.map(shown).join(', ')}: plugins do not run in the relay; what they do is for the destinations`,
    )
  }
}

const shown = (name: string | undefined): string => (name !== undefined && /^[\w-]{1,40}$/.test(name) ? name : 'one')

function takeDebug(value: Value, draft: Draft, line: number): void {
  if (value === true) put(draft, ['log', 'level'], 'debug', { setting: 'DEBUG', line })
}
