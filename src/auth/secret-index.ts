import { createHash } from 'node:crypto'
import type { Secret } from '../config/secret.js'
import type { Principal } from './principal.js'

/**
 * Finds whose secret was presented. Looked up by digest, so that the time it takes says nothing about how much of a
 * guess was right.
 */
export function createSecretIndex(
  entries: readonly { readonly secret: Secret; readonly principal: Principal }[],
): (presented: string) => Principal | undefined {
  const principals = new Map(entries.map((entry) => [digest(entry.secret.reveal()), entry.principal]))
  return (presented) => principals.get(digest(presented))
}

const digest = (text: string): string => createHash('sha256').update(text).digest('base64')
