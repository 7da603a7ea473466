import { hawkKey } from '../fields.js'
import { concealed, type Draft, type Place, put, todo, written } from './draft.js'
import { isDict, isList, isText, literal, type Value } from './values.js'

const HMAC = 'HMAC_AUTH_CREDENTIALS'

/** Of two with one key Alerta takes the last (alerta/auth/hmac.py). */
export function takeHawkCredentials(value: Value, draft: Draft, line: number): void {
  if (!isList(value)) return todo(draft, { setting: HMAC, line }, 'is no list; write auth.hmac yourself')
  const taken = new Map<string, { entry: object; place: Place }>()
  for (const item of value.items) {
    const place = { setting: HMAC, line: isDict(item) ? item.line : line }
    const key = isDict(item) ? item.entries.get('key') : undefined
    const secret = isDict(item) ? item.entries.get('secret') : undefined
    const algorithm = isDict(item) ? (literal(item.entries.get('algorithm')) ?? 'sha256') : ''
    if (!isText(key) || !isText(secret) || !isHawkKey(literal(key))) {
      todo(draft, place, 'an entry has no key and secret by which anybody could sign: left out')
    } else if (algorithm !== 'sha256' && algorithm !== 'sha1') {
      todo(draft, place, 'an entry has an algorithm other than sha256 and sha1: left out; change it at its sender too')
    } else {
      const name = `HMAC_${taken.size + 1}_SECRET`
      const hidden = concealed(draft, name, secret, place)
      taken.set(written(key), { entry: { key: written(key), secret: hidden, algorithm }, place })
    }
  }
  for (const [i, { entry, place }] of [...taken.values()].entries()) put(draft, ['auth', 'hmac', i], entry, place)
}

/** One that comes from the environment cannot be looked at here. */
const isHawkKey = (key: string | undefined): boolean => key === undefined || hawkKey.safeParse(key).success

/** Makes sure that somebody may write: Alerta's keys and users are in its database, which is not read. */
export function ensureAccess(draft: Draft, newKey: () => string): void {
  const auth = draft.config.auth as { required?: boolean; hmac?: unknown[]; api_keys?: unknown[] } | undefined
  const place = {
    setting: 'AUTH_REQUIRED',
    line: draft.origins.find(({ setting }) => setting === 'AUTH_REQUIRED')?.line ?? 0,
  }
  if (auth?.required !== true) {
    put(draft, ['auth', 'required'], false, place)
    draft.remarks.push({
      level: 'todo',
      setting: 'AUTH_REQUIRED',
      ...(place.line > 0 ? { line: place.line } : {}),
      message:
        'is not True: whoever reaches the relay may write to it, as to that Alerta; better write auth.required: true and credentials',
    })
    return
  }
  todo(
    draft,
    place,
    "Alerta's API keys and users are in its database: write those that senders use under auth.api_keys and auth.users",
  )
  if (auth.hmac !== undefined || auth.api_keys !== undefined) return
  draft.secrets.set('ADMIN_KEY', newKey())
  put(draft, ['auth', 'api_keys', 0], { key: '${ADMIN_KEY}', scopes: ['admin'], text: 'made by import' }, place)
}
