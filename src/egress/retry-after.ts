import type { AnswerHeaders } from './exchange.js'

/**
 * Retry-After in ms: seconds or an HTTP date (RFC 9110 §10.2.3). A date is taken against the peer's own Date header,
 * so its clock may be wrong. Undefined where there is none, or nonsense.
 */
export function retryAfterMs(headers: AnswerHeaders, now: number): number | undefined {
  const value = headers['retry-after']?.trim()
  if (value === undefined) return undefined
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000
  const at = Date.parse(value)
  if (!/[A-Za-z]/.test(value) || Number.isNaN(at)) return undefined
  const peerNow = Date.parse(headers.date ?? '')
  return Math.max(at - (Number.isNaN(peerNow) ? now : peerNow), 0)
}
