import type { AuthConfig } from './auth.js'
import { isLoopback, isUnspecified } from './network.js'
import type { Fault, Path } from './problem.js'
import type { Config } from './schema.js'

/** Who may reach us and write: nobody gets in whom the operator did not let in. */
export const accessProblems = (config: Config): Fault[] => [
  ...unguardedListener(config),
  ...unreachableName(config),
  ...nobodyMayWrite(config.auth),
  ...duplicates(config.auth),
]

export const accessWarnings = (config: Config): Fault[] => [
  ...idleAnonymous(config.auth),
  ...openBehindProxy(config),
  ...trustsEverybody(config),
  ...knownKey(config),
]

function unguardedListener({ listen, auth }: Config): Fault[] {
  if (isLoopback(listen.host) || auth.required || auth.anonymous !== undefined) return []
  const message =
    'is false while listen reaches beyond this machine; write true, or say what anybody may do: anonymous: [write:alerts]'
  return [{ path: ['auth', 'required'], message }]
}

function unreachableName({ listen, base_url }: Config): Fault[] {
  const { hostname } = new URL(base_url)
  if (isLoopback(listen.host) || !(isLoopback(hostname) || isUnspecified(hostname))) return []
  const message =
    'names this machine only, while listen reaches beyond it; write the URL by which the others reach this relay, for by it they recognise loops'
  return [{ path: ['base_url'], message }]
}

function nobodyMayWrite(auth: AuthConfig): Fault[] {
  const credentials = auth.api_keys.length + auth.hmac.length + auth.tokens.length + auth.users.length
  const closed = auth.required || auth.anonymous?.length === 0
  if (credentials > 0 || !closed) return []
  const message = 'has no credential, so nobody could write; add api_keys, hmac, tokens or users (or set ADMIN_KEY)'
  return [{ path: ['auth'], message }]
}

const duplicates = (auth: AuthConfig): Fault[] => [
  ...repeated(
    ['auth', 'api_keys'],
    'key',
    auth.api_keys.map(({ key }) => key.reveal()),
  ),
  ...repeated(
    ['auth', 'hmac'],
    'key',
    auth.hmac.map(({ key }) => key),
  ),
  ...repeated(
    ['auth', 'tokens'],
    'token',
    auth.tokens.map(({ token }) => token.reveal()),
  ),
  ...repeated(
    ['auth', 'users'],
    'username',
    auth.users.map(({ username }) => username),
  ),
]

function repeated(list: Path, key: string, values: readonly string[]): Fault[] {
  return values.flatMap((value, i) => {
    const first = values.indexOf(value)
    return first === i
      ? []
      : [{ path: [...list, i, key], message: `is the same as in entry [${first}]; keep one of them` }]
  })
}

function idleAnonymous({ required, anonymous }: AuthConfig): Fault[] {
  if (!required || anonymous === undefined) return []
  return [{ path: ['auth', 'anonymous'], message: 'has no effect while auth.required is true' }]
}

function openBehindProxy({ listen, base_url, use_proxyfix, trusted_proxies, auth }: Config): Fault[] {
  const proxied = use_proxyfix || trusted_proxies.length > 0 || !isLoopback(new URL(base_url).hostname)
  if (auth.required || auth.anonymous !== undefined || !isLoopback(listen.host) || !proxied) return []
  const message = 'is false: whoever comes through the proxy in front of this relay may write without a credential'
  return [{ path: ['auth', 'required'], message }]
}

const trustsEverybody = ({ trusted_proxies }: Config): Fault[] =>
  trusted_proxies.flatMap((range, i) =>
    range.endsWith('/0')
      ? [{ path: ['trusted_proxies', i], message: 'covers every address: any sender may claim to be another' }]
      : [],
  )

/** The key of our and Alerta's examples, which everybody knows. */
const EXAMPLE_KEY = 'demo-key'

function knownKey({ listen, auth }: Config): Fault[] {
  if (isLoopback(listen.host)) return []
  return auth.api_keys.flatMap(({ key }, i) =>
    key.reveal() === EXAMPLE_KEY
      ? [
          {
            path: ['auth', 'api_keys', i, 'key'],
            message: 'is the key of the examples, which everybody knows; make your own',
          },
        ]
      : [],
  )
}
