import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import type { Answer, LogLine, RelayProcess } from '../acceptance/relay.js'

/** Short enough that every fault is over in a moment; what is long in the field is long by its timeout only. */
export const QUICK = {
  timeout: '500ms',
  connect_timeout: '300ms',
  backoff: { first: '20ms', ceiling: '100ms' },
  concurrency: { start: 4, max: 4 },
}

/** A configuration in which each attempt stands in the log, also while a failure goes on. */
export const TALKATIVE = { log: { format: 'json', level: 'debug' } }

/** The log's lines about attempts to deliver the accepted alerts to a destination. */
export const attemptsAt = (
  relay: { readonly log: readonly LogLine[] },
  destination: string,
  accepted: readonly Answer[],
): readonly LogLine[] =>
  relay.log.filter(
    ({ msg, destination: at, alert }) =>
      msg === 'delivery attempted' && at === destination && accepted.some(({ body }) => body.id === alert),
  )

/** Sockets that the relay has open, but for its listener and the connections of its senders. */
export function ownSockets({ pid, port }: RelayProcess): number {
  const ofSenders = senderInodes(pid, port)
  const folder = `/proc/${pid}/fd`
  const inodes = readdirSync(folder).flatMap((fd) => /^socket:\[(\d+)\]$/.exec(targetOf(`${folder}/${fd}`))?.[1] ?? [])
  return inodes.filter((inode) => !ofSenders.has(inode)).length
}

/** Of proc(5), net/tcp: the second column is the local address, the tenth the inode. */
function senderInodes(pid: number, port: number): ReadonlySet<string | undefined> {
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const rows = readFileSync(`/proc/${pid}/net/tcp`, 'utf8').split('\n')
  const columns = rows.map((row) => row.trim().split(/\s+/))
  return new Set(columns.filter(([, address]) => address?.endsWith(local)).map((row) => row[9]))
}

function targetOf(link: string): string {
  try {
    return readlinkSync(link)
  } catch {
    return '' // closed between the listing and the look
  }
}
