import type { IncomingHttpHeaders } from 'node:http'

/** Headers as one text each, with the credentials in them masked. */
export function maskHeaders(headers: IncomingHttpHeaders): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      maskHeader(name, Array.isArray(value) ? value.join(', ') : value),
    ]),
  )
}

function maskHeader(name: string, value = ''): string {
  if (name === 'authorization' || name === 'proxy-authorization') {
    // of a Hawk header only the MAC is secret, and it is good for this one request
    return /^hawk\s/i.test(value) ? value : value.replace(/^(\S+)\s.*$/s, '$1 ***')
  }
  return name === 'x-api-key' || name === 'cookie' ? '***' : value
}

/** `?api-key=` is a credential too. */
export const maskTarget = (target: string): string => target.replace(/([?&]api-key=)[^&#]*/gi, '$1***')
