import { type LookupAddress, lookup as systemLookup } from 'node:dns'
import type { LookupFunction } from 'node:net'

type Answer = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void
export type Resolve = (hostname: string, answer: Answer) => void

/** The system's resolver: hosts file, name service, DNS. */
export const resolveAll: Resolve = (hostname, answer) => systemLookup(hostname, { all: true }, answer)

/**
 * Name resolution with at most one question in flight. The system's resolver holds one of Node's four worker threads
 * until it gives up, often 10 s and more: a destination with a dead name server would take all of them, and password
 * checks and other destinations would wait.
 */
export function createLookup(resolve: Resolve): LookupFunction {
  const waiting = new Map<string, Answer[]>()
  return (hostname, options, callback) => {
    const answer: Answer = (error, addresses) => {
      if (error !== null) callback(error, [])
      else if (options.all) callback(null, addresses)
      else callback(null, addresses[0]?.address ?? '', addresses[0]?.family)
    }
    const others = waiting.get(hostname)
    if (others !== undefined) return void others.push(answer)
    waiting.set(hostname, [answer])
    resolve(hostname, (error, addresses) => {
      const all = waiting.get(hostname) ?? []
      waiting.delete(hostname)
      for (const one of all) one(error, addresses)
    })
  }
}
