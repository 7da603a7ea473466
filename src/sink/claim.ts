import type { IncomingHttpHeaders } from 'node:http'

/** Whom a request claims to come from, without the secret that would prove it; null: it does not say. */
export function claimed(headers: IncomingHttpHeaders): string | null {
  const name = claim(headers)
  return name === null ? null : `${name} (not checked)`
}

function claim(headers: IncomingHttpHeaders): string | null {
  const [, scheme, rest = ''] = /^(\S+)\s+(.*)$/s.exec(headers.authorization ?? '') ?? []
  switch (scheme?.toLowerCase()) {
    case undefined:
      return headers['x-api-key'] === undefined ? null : 'key'
    case 'hawk':
      return `hawk ${/\bid="([^"]*)"/.exec(rest)?.[1] ?? '?'}`
    case 'basic':
      return `user ${Buffer.from(rest, 'base64').toString().split(':')[0]}`
    case 'key':
      return 'key'
    case 'bearer':
      return 'token'
    default:
      return 'somebody'
  }
}
