import type { Config } from '../config/schema.js'

/** A name that requests to us may have been signed for. */
export interface OwnName {
  /** lower case, IPv6 without brackets */
  readonly host: string
  readonly port: number
  /** path that a proxy may have stripped from the request target; '' for none */
  readonly prefix: string
}

const LOOPBACK = ['127.0.0.1', 'localhost', '::1']
const WILDCARD = ['0.0.0.0', '::']

/**
 * Where this relay is reached: base_url, also_known_as and the address it listens on. A loopback listener has all
 * loopback names; a wildcard address is no name, so whoever is reached by others must be told of them.
 */
export function ownNames(config: Pick<Config, 'base_url' | 'also_known_as' | 'listen'>): readonly OwnName[] {
  const { host, port } = config.listen
  const hosts = LOOPBACK.includes(host) ? LOOPBACK : WILDCARD.includes(host) ? [] : [host.toLowerCase()]
  return [
    ...[config.base_url, ...config.also_known_as].map(nameOf),
    ...hosts.map((each) => ({ host: each, port, prefix: '' })),
  ]
}

function nameOf(address: string): OwnName {
  const url = new URL(address)
  const port = url.port === '' ? defaultPort(url.protocol) : Number(url.port)
  return { host: bare(url.hostname), port, prefix: url.pathname.replace(/\/+$/, '') }
}

/** The names to try for a request, those that its Host header means first. */
export function namesByHost(
  names: readonly OwnName[],
  host: string | undefined,
  scheme: 'http' | 'https',
): readonly OwnName[] {
  const parts = /^(.*?)(?::(\d+))?$/.exec(host?.toLowerCase() ?? '')
  const asked = { host: bare(parts?.[1] ?? ''), port: Number(parts?.[2] ?? defaultPort(`${scheme}:`)) }
  const isAsked = (name: OwnName) => name.host === asked.host && name.port === asked.port
  return [...names.filter(isAsked), ...names.filter((name) => !isAsked(name))]
}

const bare = (hostname: string): string => hostname.replace(/^\[|\]$/g, '')
const defaultPort = (protocol: string): number => (protocol === 'https:' ? 443 : 80)
