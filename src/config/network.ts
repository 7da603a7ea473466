import ipaddr from 'ipaddr.js'

/** Whether a host name or address, with or without an IPv6 address's brackets, leads no further than this machine. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase()
  if (ipaddr.isValid(bare)) return ipaddr.process(bare).range() === 'loopback'
  return bare === 'localhost' || bare.endsWith('.localhost')
}

/** Of IPv6 only this range is given out; what lies outside may still be translated to an IPv4 address inside. */
const GIVEN_OUT = ipaddr.IPv6.parseCIDR('2000::/3')

/**
 * Whether an address belongs to the public internet: not this machine, not a private network, not a link, not a
 * carrier's, not a form in which IPv6 carries any of these (v4-mapped, 6to4, Teredo, NAT64).
 */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false
  const ip = ipaddr.process(address)
  return ip.range() === 'unicast' && (ip.kind() === 'ipv4' || ip.match(GIVEN_OUT))
}

/** 0.0.0.0 and ::, which stand for all addresses of a listener and lead nowhere in a URL. */
export function isUnspecified(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '')
  return ipaddr.isValid(bare) && ipaddr.parse(bare).range() === 'unspecified'
}
