import { hash } from '@node-rs/argon2'
import { authSchema } from '../../src/config/auth.js'
import { type RelayProcess, startRelay } from '../acceptance/relay.js'
import { startSink, type TestSink } from '../acceptance/sink.js'

/** Everything that must never be seen outside: each is a text that no chance makes. */
export const SECRETS = {
  key: 'sekret-api-key-7f3a9c',
  token: 'sekret-token-51e0bd',
  hawk: 'sekret-hawk-c2d4e6',
  password: 'sekret-password-90ab12',
  destination: 'sekret-destination-key-e7f8a9',
  /** of Alerta's settings, in the environment of many who come from there */
  alertas: 'sekret-alertas-own-3c5b7d',
} as const
export const USER = 'sender'
export const HAWK_ID = 'hawk-sender'

/** A relay in a process of its own that wants a credential, tells all in its log, and delivers to a receiver that wants one too. */
export async function startWorld(): Promise<{ relay: RelayProcess; sink: TestSink }> {
  const scopes = ['admin']
  const destinationKey = { key: SECRETS.destination, scopes }
  const sink = await startSink({ auth: authSchema.parse({ api_keys: [destinationKey] }) })
  // cheap, for every request with a wrong password pays for it
  const password_hash = await hash(SECRETS.password, { memoryCost: 8, timeCost: 1 })
  const relay = await startRelay({
    // without folding: every alert is to arrive, also where the machine is so slow that repeats wait for each other
    destinations: [{ name: 'mom1', url: sink.url, auth: { type: 'key', key: SECRETS.destination }, fold: false }],
    config: {
      auth: {
        api_keys: [
          { key: SECRETS.key, scopes },
          // what the harness itself asks with; no secret here, for the sender of a body may write it there
          { key: 'test-key', scopes: ['read:management', 'write'] },
        ],
        tokens: [{ token: SECRETS.token, scopes }],
        hmac: [{ key: HAWK_ID, secret: SECRETS.hawk, scopes }],
        users: [{ username: USER, password_hash, scopes }],
      },
      log: { format: 'json', level: 'debug' },
    },
    env: { SECRET_KEY: SECRETS.alertas },
  })
  return { relay, sink }
}

/** The secrets that a text gives away, also written in base64 or percent-encoded. */
export const secretsIn = (text: string): readonly string[] =>
  Object.values(SECRETS).filter((secret) =>
    [secret, ...base64Of(secret), encodeURIComponent(secret)].some((form) => text.includes(form)),
  )

/** What of a secret's base64 does not depend on what stands before and after it. */
const base64Of = (secret: string): readonly string[] =>
  [0, 1, 2].map((before) => {
    const encoded = Buffer.from('x'.repeat(before) + secret).toString('base64')
    return encoded.slice(before === 0 ? 0 : before + 1, Math.floor((secret.length + before) / 3) * 4)
  })
