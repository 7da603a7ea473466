import type { Clock } from '../base/clock.js'
import { unreachable } from '../base/unreachable.js'
import { ANONYMOUS_SCOPES, type AuthConfig } from '../config/auth.js'
import { createBasicCheck } from './basic-check.js'
import { createHawkCheck } from './hawk-check.js'
import type { KeyRing } from './key-ring.js'
import type { LoginTokens } from './login-token.js'
import { readOffered } from './offered.js'
import type { OwnName } from './own-names.js'
import { createPasswordCheck, type PasswordCheck } from './password-check.js'
import { anonymous, label, principal } from './principal.js'
import { createSecretIndex, digestOf } from './secret-index.js'
import { type Authenticate, admitted, denied, type Verdict } from './verdict.js'

export interface AuthenticatorDeps {
  readonly auth: AuthConfig
  /** of ownNames(config) */
  readonly ownNames: readonly OwnName[]
  readonly clock: Clock
  /** notes a nonce until expiresAt (epoch ms); false when it is already noted */
  readonly spend: (nonce: string, expiresAt: number) => Promise<boolean>
  /** shared with the login; by default of its own */
  readonly passwords?: PasswordCheck
  /** what a login hands out is a credential too */
  readonly tokens?: LoginTokens | undefined
  /** keys made at run time */
  readonly keyRing?: Pick<KeyRing, 'find'> | undefined
}

/**
 * Tells who sent a request. The first credential found decides; a wrong one is denied even where none is required,
 * for whoever sends one means to be known. Nothing of what was sent is repeated in a message.
 */
export function createAuthenticator(deps: AuthenticatorDeps): Authenticate {
  const { auth, clock } = deps
  const keys = createSecretIndex(
    auth.api_keys.map((entry, i) => ({ secret: entry.key, principal: principal(label('key', entry.text, i), entry) })),
  )
  const tokens = createSecretIndex(
    auth.tokens.map((entry, i) => ({
      secret: entry.token,
      principal: principal(label('token', entry.text, i), entry),
    })),
  )
  const hawk = createHawkCheck({ hmac: auth.hmac, names: deps.ownNames, clock, spend: deps.spend })
  const basic = createBasicCheck(deps.passwords ?? createPasswordCheck({ users: auth.users, clock }))
  const nobody = withoutCredential(auth)
  const key = (value: string): Verdict => {
    const digest = digestOf(value)
    const found = keys(digest) ?? deps.keyRing?.find(digest)
    if (found === undefined) return denied('API key is invalid')
    return found === 'expired' ? denied('API key is invalid: it has expired') : admitted(found)
  }
  const bearer = async (token: string): Promise<Verdict> => {
    const found = tokens(digestOf(token))
    if (found !== undefined) return admitted(found)
    return deps.tokens === undefined ? denied('Token is invalid') : deps.tokens.check(token)
  }

  return async (request) => {
    const offered = readOffered(request)
    switch (offered.kind) {
      case 'none':
        return nobody
      case 'key':
        return key(offered.value)
      case 'hawk':
        return hawk(request)
      case 'bearer':
        return bearer(offered.value)
      case 'basic':
        return basic(offered.value, request.sender)
      case 'unknown scheme':
        return denied('Authorization scheme is not one of Key, Hawk, Bearer, Basic')
      default:
        return unreachable(offered)
    }
  }
}

function withoutCredential(auth: AuthConfig): Verdict {
  if (auth.required) return { ...denied('Missing authorization API Key or Bearer Token'), absent: true }
  return admitted(anonymous(auth.anonymous ?? ANONYMOUS_SCOPES))
}
