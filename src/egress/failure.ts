/** Why a connection failed, in words an operator can act on; the code stands behind them. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EPIPE: 'connection reset',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  ETIMEDOUT: 'no connection in time',
  ENOTFOUND: 'host name not found',
  EAI_AGAIN: 'host name could not be resolved now',
  ERR_PRIVATE_ADDRESS: 'the address is a private one, and deny_private is true',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  UND_ERR_SOCKET: 'connection closed by the other side',
  EMFILE: 'the relay has too many files and connections open; raise its limit (ulimit -n)',
  UND_ERR_HEADERS_OVERFLOW: 'the headers of the answer are too long',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'the answer has another length than it says',
  UND_ERR_INVALID_ARG: 'the path or a header, perhaps the credential, holds characters that HTTP forbids',
  UND_ERR_DESTROYED: 'the relay is stopping',
  UND_ERR_CLOSED: 'the relay is stopping',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'self-signed certificate; name it in "ca"',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate signed by an unknown authority; name it in "ca"',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate signed by an unknown authority; name it in "ca"',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate chain incomplete or authority unknown',
  CERT_HAS_EXPIRED: 'certificate has expired',
  CERT_NOT_YET_VALID: 'certificate is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate is for another host name',
  ERR_SSL_WRONG_VERSION_NUMBER: 'the port does not speak TLS',
  EPROTO: 'TLS handshake failed',
}

/** An error of the connection as code and short reason: no stack, no address of ours, nothing of the request. */
export function describe(error: Error): { readonly code: string; readonly why: string } {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name
  if (error.name === 'HTTPParserError') return { code, why: `the answer is not HTTP (${code})` }
  return { code, why: `${REASONS[code] ?? 'connection failed'} (${code})` }
}

/** Failures that a moment heals: the listener restarts, an old connection is swept away, the resolver hiccups. */
const PASSING = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'EAI_AGAIN'])
export const isPassing = (code: string): boolean => PASSING.has(code)
