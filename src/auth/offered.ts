import type { AuthRequest } from './verdict.js'

/** The one credential of a request that counts. */
export type Offered =
  | { readonly kind: 'none' }
  | { readonly kind: 'key' | 'bearer' | 'basic'; readonly value: string }
  | { readonly kind: 'hawk' }
  | { readonly kind: 'unknown scheme' }

/**
 * In Alerta's order: `Authorization: Key`, `X-API-Key`, `?api-key=`, then the other schemes; the first hit decides.
 * Schemes are case-insensitive (RFC 9110, 11.1). A scheme with nothing after it offers nothing.
 */
export function readOffered(request: Pick<AuthRequest, 'authorization' | 'xApiKey' | 'queryApiKey'>): Offered {
  const [scheme, value] = splitAuthorization(request.authorization ?? '')
  if (scheme === 'key' && value !== '') return { kind: 'key', value }
  if (request.xApiKey) return { kind: 'key', value: request.xApiKey }
  if (request.queryApiKey) return { kind: 'key', value: request.queryApiKey }
  if (value === '') return { kind: 'none' }
  switch (scheme) {
    case 'hawk':
      return { kind: 'hawk' }
    case 'bearer':
    case 'basic':
      return { kind: scheme, value }
    default:
      return { kind: 'unknown scheme' }
  }
}

function splitAuthorization(header: string): [scheme: string, value: string] {
  const trimmed = header.trim()
  const blank = trimmed.search(/[ \t]/)
  if (blank === -1) return [trimmed.toLowerCase(), '']
  return [trimmed.slice(0, blank).toLowerCase(), trimmed.slice(blank).trim()]
}
