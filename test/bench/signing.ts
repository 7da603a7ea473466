import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Hawk from 'hawk'
import type { SignFor, World } from './world.js'

export interface HawkKey {
  readonly key: string
  readonly secret: string
  readonly algorithm: 'sha256'
}

/** More than a relay takes on machines of today; when they run out, it answers 401 and the case fails. */
const MOST_A_SECOND = 20_000

/** The body of the alert with this number, as post.lua makes it. */
export const bodyOf = (n: number): string =>
  `{"resource":"web${n % 10_000}","event":"NodeDown","environment":"Production","severity":"${n % 2 === 0 ? 'critical' : 'major'}","service":["Web"],"text":"node ${n} is down","group":"OS","origin":"bench/1","type":"exceptionAlert","tags":["a","b"],"attributes":{"region":"eu","ip":"10.0.0.1"},"value":"${n}","rawData":"${'x'.repeat(150)}"}`

/** Signs requests beforehand, for wrk cannot: a Hawk header is good for a minute, so right before they are sent. */
export function startSigning({ dir, options }: World, { key, secret, algorithm }: HawkKey): SignFor {
  const credentials = { id: key, key: secret, algorithm }
  const count = Math.ceil(MOST_A_SECOND * Math.max(options.seconds, options.warmUp))
  return (url, first) => {
    const timestamp = Math.floor(Date.now() / 1_000)
    const headers = Array.from({ length: count }, (_, i) => {
      const payload = Buffer.from(bodyOf(first + i))
      const signed = { credentials, timestamp, nonce: `${first + i}`, payload, contentType: 'application/json' }
      return Hawk.client.header(`${url}/alert`, 'POST', signed).header
    })
    const file = join(dir, 'signatures')
    writeFileSync(file, headers.join('\n'))
    return file
  }
}
