/** An absolute URL by which a server is known in X-Alerta-Loop, normalised for exact comparison. */
export type Identity = string & { readonly brand: 'Identity' }

/**
 * Scheme and host in lower case, default port and trailing slashes dropped; query and fragment are no part of it.
 * Undefined for what is not an absolute http(s) URL.
 */
export function parseIdentity(text: string): Identity | undefined {
  const trimmed = text.trim()
  if (!/^https?:\/\/[^\s,]+$/i.test(trimmed) || !URL.canParse(trimmed)) return undefined
  const url = new URL(trimmed)
  return `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, '')}` as Identity
}
