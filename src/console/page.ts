import type { Context } from 'hono'
import { type ConsoleFile, codingFor } from './files.js'

/** The page loads its own files and speaks to its own relay, and nothing else; nothing may be put into it as text. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ')

/** Of every answer below /console/. */
export const SAFE = {
  'Content-Security-Policy': POLICY,
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
} as const

/** Their names change with their contents; the page itself is asked for each time, and sent only where it is another. */
const FOR_EVER = 'public, max-age=31536000, immutable'
const ASK_AGAIN = 'no-cache'

export function sendFile(c: Context, file: ConsoleFile, isPage: boolean): Response {
  c.header('ETag', file.etag)
  c.header('Vary', 'Accept-Encoding')
  c.header('Cache-Control', isPage ? ASK_AGAIN : FOR_EVER)
  if (knows(c.req.header('if-none-match'), file.etag)) return c.body(null, 304)
  const coding = codingFor(c.req.header('accept-encoding'), file)
  c.header('Content-Type', file.type)
  if (coding !== 'identity') c.header('Content-Encoding', coding)
  return c.body(file.bytes.get(coding) as Uint8Array<ArrayBuffer>)
}

const knows = (asked: string | undefined, etag: string): boolean =>
  (asked ?? '').split(',').some((one) => one.trim().replace(/^W\//, '') === etag)
