import { parseIdentity } from '../../model/identity.js'
import { readForwarderDestinations } from '../forwarder-destinations.js'
import { isLoopback } from '../network.js'
import { concealed, type Draft, note, type Place, put, todo, written } from './draft.js'
import { shortened } from './mappings.js'
import { type Dict, isDict, isList, isText, literal, type Text, type Value } from './values.js'

const SETTING = 'FWD_DESTINATIONS'

/** One entry in the order of Alerta's tuple, in the form that our reader of FWD_DESTINATIONS takes. */
interface Entry {
  readonly place: Place
  readonly url: Text
  readonly credential: Credential
  readonly options: Readonly<Record<string, unknown>>
  readonly algorithm: string | undefined
  readonly words: readonly string[]
}
type Credential = Readonly<Record<string, Text>>

/**
 * FWD_DESTINATIONS (docs.alerta.io, "Federated Alerta"): each entry becomes a destination, with what Alerta 9.1.0 makes
 * of it where the documentation is silent (alerta/plugins/forwarder.py, alertaclient/api.py).
 */
export function takeDestinations(value: Value, draft: Draft, line: number): void {
  if (!isList(value)) return todo(draft, { setting: SETTING, line }, 'is no list; write destinations yourself')
  const entries = value.items.map((item) => readEntry(item, draft, line)).filter((entry) => entry !== undefined)
  const { value: destinations } = readForwarderDestinations(
    entries.map(({ url, credential, options, words }) => [written(url), { ...texts(credential), ...options }, words]),
    ['destinations'],
  )
  let taken = 0
  for (const [i, { url, place, credential, algorithm }] of entries.entries()) {
    const destination = destinations[i] as Record<string, unknown> | undefined
    if (destination === undefined) continue
    if (isOurselves(url, draft)) {
      note(draft, place, 'is this server itself (BASE_URL): left out, for Alerta sends nothing there either')
      continue
    }
    const auth = hidden(destination.auth as Record<string, unknown>, credential, String(destination.name), draft, place)
    const clear = inTheClear(url, auth, draft, place)
    const signed = auth.type === 'hawk' && algorithm !== undefined ? { algorithm: algorithm.toLowerCase() } : {}
    const timeout = typeof destination.timeout === 'string' ? { timeout: shortened(destination.timeout) } : {}
    put(draft, ['destinations', taken], { ...destination, auth: { ...auth, ...signed }, ...timeout, ...clear }, place)
    taken += 1
  }
}

function readEntry(item: Value, draft: Draft, around: number): Entry | undefined {
  const line = isList(item) ? item.line : around
  const place = { setting: SETTING, line }
  const [url, options, words] = isList(item) && item.items.length === 3 ? item.items : []
  if (!isText(url) || !isDict(options) || words === undefined) {
    todo(draft, place, 'an entry is not (url, {credential}, [words]), on which Alerta fails too: left out')
    return undefined
  }
  return {
    place,
    url,
    credential: credentialOf(options, draft, place),
    options: optionsOf(options, draft, place),
    algorithm: literal(options.entries.get('algorithm')),
    words: wordsOf(words, draft, place),
  }
}

/** The first of these that is there counts, as for Alerta's client. */
const CREDENTIALS = [['username', 'password'], ['secret', 'key'], ['key'], ['token']] as const

function credentialOf({ entries }: Dict, draft: Draft, place: Place): Credential {
  const given = (name: string): Text | undefined => {
    const value = entries.get(name)
    return isText(value) && literal(value) !== '' ? value : undefined
  }
  const used = CREDENTIALS.find(([first]) => given(first) !== undefined) ?? []
  const all = ['username', 'password', 'key', 'secret', 'token'].filter((name) => given(name) !== undefined)
  const unused = all.filter((name) => !(used as readonly string[]).includes(name))
  if (unused.length > 0)
    note(draft, place, `has ${unused.join(', ')} beside ${used[0]}, of which Alerta uses the latter`)
  const found = used.map((name) => [name, given(name)] as const)
  return Object.fromEntries(found.filter((pair): pair is readonly [(typeof pair)[0], Text] => pair[1] !== undefined))
}

function optionsOf({ entries }: Dict, draft: Draft, place: Place): Record<string, unknown> {
  const options: Record<string, unknown> = {}
  for (const [name, value] of entries) {
    if (['username', 'password', 'key', 'secret', 'token', 'algorithm'].includes(name)) continue
    if (name === 'timeout' && typeof value === 'number' && value > 0) options.timeout = value
    else if (name === 'ssl_verify' && typeof value === 'boolean') options.ssl_verify = value
    else if (name === 'ssl_verify') todo(draft, place, 'ssl_verify names a file: write it as ca of the destination')
    else if (name !== 'debug') todo(draft, place, `${shown(name)} has no counterpart here: left out`)
  }
  return options
}

const shown = (name: string): string => (/^\w{1,40}$/.test(name) ? name : 'an option')

const WORDS = [
  ...['*', 'alerts', 'actions', 'delete'],
  ...['open', 'assign', 'ack', 'unack', 'shelve', 'unshelve', 'close'],
]

function wordsOf(value: Value, draft: Draft, place: Place): readonly string[] {
  const bare = literal(value)
  if (bare !== undefined) {
    // Python's `in` looks for a part of a text
    const found = WORDS.filter((word) => bare.includes(word))
    todo(
      draft,
      place,
      'the filter is a text and not a list: Alerta forwards every word that is a part of it; look at forward',
    )
    return found.length > 0 ? found : [bare]
  }
  const items = isList(value) ? value.items : isDict(value) ? [] : [value]
  const words = items.map(literal).filter((word) => word !== undefined && word !== '')
  if (words.length < items.length) todo(draft, place, 'a word of the filter is not known here: left out')
  return words as string[]
}

const texts = (credential: Credential): Record<string, string> =>
  Object.fromEntries(Object.entries(credential).map(([name, value]) => [name, written(value)]))

const SECRETS = ['password', 'secret', 'token'] as const

/** The credential with names of variables for its secrets; `key` is one where it stands alone. */
function hidden(
  auth: Record<string, unknown>,
  credential: Credential,
  destination: string,
  draft: Draft,
  place: Place,
): Record<string, unknown> {
  const names = auth.type === 'key' ? ['key'] : SECRETS.filter((name) => name in auth)
  const prefix = variableName(destination)
  const found = names.map((name) => {
    const secret = credential[name]
    return secret === undefined ? [] : [[name, concealed(draft, `${prefix}_${name.toUpperCase()}`, secret, place)]]
  })
  return { ...auth, ...Object.fromEntries(found.flat()) }
}

function variableName(of: string): string {
  const name = of.toUpperCase().replace(/\W+/g, '_')
  return /^[A-Z_]/.test(name) ? name : `TO_${name}`
}

function isOurselves(url: Text, { config }: Draft): boolean {
  const own = typeof config.base_url === 'string' ? parseIdentity(config.base_url) : undefined
  return own !== undefined && parseIdentity(literal(url) ?? '') === own
}

/** Alerta sends such credentials readable; the relay does only where that is written. */
function inTheClear(url: Text, auth: Record<string, unknown>, draft: Draft, place: Place): { insecure?: true } {
  const known = literal(url) ?? ''
  const reusable = auth.type === 'basic' || auth.type === 'key' || auth.type === 'bearer'
  if (!reusable || !URL.canParse(known)) return {}
  const { protocol, hostname } = new URL(known)
  if (protocol !== 'http:' || isLoopback(hostname)) return {}
  todo(
    draft,
    place,
    `sends its ${String(auth.type)} credential readable over http, as Alerta did (insecure: true); use https, or type hawk`,
  )
  return { insecure: true }
}
