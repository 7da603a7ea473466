import { hash } from 'node:crypto'
import type { Secret } from '../config/secret.js'
import type { Principal } from './principal.js'

/**
 * Finds whose secret was presented, by its digest, so that the time it takes says nothing about how much of a guess was
 * right.
 */
export function createSecretIndex(
  entries: readonly { readonly secret: Secret; readonly principal: Principal }[],
): (digest: string) => Principal | undefined {
  const principals = new Map(entries.map((entry) => [digestOf(entry.secret.reveal()), entry.principal]))
  return (digest) => principals.get(digest)
}

export const digestOf = (text: string): string => hash('sha256', text, 'base64')
