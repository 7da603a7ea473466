import type { IncomingMessage } from 'node:http'
import ipaddr from 'ipaddr.js'
import type { Config } from '../config/schema.js'

export interface Origin {
  /** the sender's address; v4 where it is a v4 one in v6 clothes */
  readonly sender: string
  readonly host: string | undefined
  readonly scheme: 'http' | 'https'
}

/** A request as far as it tells where it is from. */
export type Arriving = Pick<IncomingMessage, 'headers'> & {
  readonly socket: Pick<IncomingMessage['socket'], 'remoteAddress'>
}

const LOOPBACK = ['127.0.0.0/8', '::1/128']

/**
 * Who sent a request and to which name, seen past trusted proxies. X-Forwarded-For is read from the right, where the
 * nearest proxy wrote, up to the first address that is not trusted: what stands further left anybody can have written.
 */
export function createOrigins(
  config: Pick<Config, 'trusted_proxies' | 'use_proxyfix'>,
): (incoming: Arriving) => Origin {
  const ranges = [...config.trusted_proxies, ...(config.use_proxyfix ? LOOPBACK : [])].map(parseRange)
  const trusted = (address: string): boolean => {
    const ip = ipaddr.process(address)
    return ranges.some(([base, bits]) => base.kind() === ip.kind() && ip.match(base, bits))
  }

  return (incoming) => {
    const direct = normalise(incoming.socket.remoteAddress ?? '') ?? 'unknown'
    const { host } = incoming.headers
    if (direct === 'unknown' || !trusted(direct)) return { sender: direct, host, scheme: 'http' }
    return {
      sender: furthest(direct, incoming.headers['x-forwarded-for'], trusted),
      host: last(incoming.headers['x-forwarded-host']) ?? host,
      scheme: last(incoming.headers['x-forwarded-proto'])?.toLowerCase() === 'https' ? 'https' : 'http',
    }
  }
}

/** The address where the chain of trusted proxies begins. Something that is no address ends it: nobody vouches for it. */
function furthest(direct: string, header: string | string[] | undefined, trusted: (a: string) => boolean): string {
  let sender = direct
  for (const entry of entries(header).reverse()) {
    const address = normalise(entry)
    if (address === undefined) return sender
    sender = address
    if (!trusted(address)) return sender
  }
  return sender
}

/** "10.0.0.1", "10.0.0.1:4711", "[2001:db8::1]:4711", "::ffff:10.0.0.1" -> the plain address */
function normalise(text: string): string | undefined {
  const parts = /^\[(.+)\](?::\d+)?$/.exec(text) ?? /^([\d.]+):\d+$/.exec(text)
  const address = parts?.[1] ?? text
  return ipaddr.isValid(address) ? ipaddr.process(address).toString() : undefined
}

/** A range, or a single address. */
function parseRange(text: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  if (text.includes('/')) return ipaddr.parseCIDR(text)
  const address = ipaddr.process(text)
  return [address, address.kind() === 'ipv4' ? 32 : 128]
}

const entries = (header: string | string[] | undefined): string[] =>
  String(header ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')

const last = (header: string | string[] | undefined): string | undefined => entries(header).at(-1)
