import type { AuthRequest } from '../../src/auth/verdict.js'
import type { Clock } from '../../src/base/clock.js'
import { type AuthConfig, authSchema } from '../../src/config/auth.js'

export const authConfig = (input: object): AuthConfig => authSchema.parse(input)

/** A clock that stands still until it is moved. */
export function stoppedClock(at = Date.UTC(2026, 0, 2)): Clock & { move(ms: number): void } {
  let now = at
  return {
    now: () => now,
    monotonic: () => now,
    until: async () => {},
    alarm: () => () => {},
    move(ms) {
      now += ms
    },
  }
}

/** POST /alert without any credential. */
export function request(parts: Partial<AuthRequest> = {}): AuthRequest {
  return {
    method: 'POST',
    target: '/alert',
    host: 'relay:8080',
    scheme: 'http',
    sender: '192.0.2.1',
    authorization: undefined,
    xApiKey: undefined,
    queryApiKey: undefined,
    contentType: 'application/json',
    body: undefined,
    ...parts,
  }
}
