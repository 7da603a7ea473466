import { hashSync } from '@node-rs/argon2'
import { undelivered } from '../checks.js'
import { deliver } from '../delivering.js'
import type { Scenario } from '../scenario.js'
import { startSigning } from '../signing.js'
import type { World } from '../world.js'
import { acceptRound } from './accept.js'

const USER = { username: 'bench', password: 'bench-password' }
const HAWK = { key: 'bench', secret: 'bench-secret', algorithm: 'sha256' } as const
const BASIC = `Basic ${Buffer.from(`${USER.username}:${USER.password}`).toString('base64')}`
const KEY = { type: 'key', key: 'bench' }

async function delivered(world: World, auth: object): Promise<{ rate: number; cpuUs: number; faults: string[] }> {
  const sink = await world.sink()
  const relay = await world.relay({ destinations: [{ name: 'mom1', url: sink.url, auth }] })
  const one = await deliver(world, relay, { mom1: sink })
  const faults = [...one.faults, ...(await undelivered(relay, { mom1: sink }))]
  await relay.kill()
  return { rate: one.delivered, cpuUs: one.accepted.cpuUs, faults }
}

export const credentials: Scenario = {
  name: 'credentials',
  about: 'accepting with each kind of credential, and delivering with a key against Hawk',
  cases: () => [
    { name: 'accepting, key', round: (world) => acceptRound(world, {}) },
    {
      name: 'accepting, Basic',
      round: (world) =>
        acceptRound(world, {
          auth: { users: [{ username: USER.username, password_hash: hashSync(USER.password), scopes: ['write'] }] },
          shape: { auth: BASIC },
        }),
    },
    {
      name: 'accepting, Hawk',
      round: (world) => acceptRound(world, { auth: { hmac: [HAWK] }, sign: (of) => startSigning(of, HAWK) }),
    },
    {
      name: 'delivering, Hawk against key',
      async round(world) {
        const byKey = await delivered(world, KEY)
        const byHawk = await delivered(world, { type: 'hawk', ...HAWK })
        return {
          figures: {
            ratio: byHawk.rate / byKey.rate,
            delivered: byHawk.rate,
            deliveredByKey: byKey.rate,
            cpuUs: byHawk.cpuUs,
            cpuUsByKey: byKey.cpuUs,
          },
          faults: [...byKey.faults, ...byHawk.faults],
        }
      },
    },
  ],
}
