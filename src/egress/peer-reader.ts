import type { DestinationConfig } from '../config/destination.js'
import type { AlertKey } from '../model/alert.js'
import type { Ids } from '../model/ids.js'
import type { PeerAlert } from '../model/ledger.js'
import { isOver } from '../model/standing.js'
import type { Client } from './client.js'
import type { Exchange, OutgoingRequest } from './exchange.js'
import { toNote } from './note.js'
import type { Ours } from './ours.js'
import { readAlert, readAlerts, readCount } from './peer-answer.js'
import { idPath, idsPath, isKnownBy, keyPath, pagePath, sameKey } from './peer-query.js'
import type { PeerPage, Read } from './read.js'
import { createRedactor } from './redact.js'
import { pathBelow, userAgent } from './request.js'

/** Asks a peer what it knows, with the destination's credential. Nothing rejects; all of it ends with the signal. */
export interface PeerReader {
  /** By its first id, the last received one or at least 8 characters of one; undefined: the peer has no such alert. */
  byId(id: string, signal: AbortSignal): Promise<Read<PeerAlert | undefined>>
  /** Exactly this key, whatever the status; of several the one that is not over, then the one last received. */
  byKey(key: AlertKey, signal: AbortSignal): Promise<Read<PeerAlert | undefined>>
  /**
   * All alerts in the order of their keys, PAGE_SIZE a page, numbered from 1, without history. An alert that comes
   * meanwhile may show another one twice, one that is deleted may hide another: who acts on an absence asks byKey.
   */
  page(page: number, signal: AbortSignal): Promise<Read<PeerPage>>
  /** How many alerts it has, whatever their status. */
  count(signal: AbortSignal): Promise<Read<number>>
}

export interface PeerReaderDeps {
  readonly client: Client
  readonly ours: Pick<Ours, 'version'>
  readonly ids: Ids
}

/**
 * One alert with its history of 100 entries, each with the text of its time, is seldom above 200 KiB; as many of these
 * answers may be read at once as the destination takes requests.
 */
const MAX_ONE_BYTES = 2 * 1024 * 1024
/** 64 KiB an alert on a full page, where 1.5 KiB are usual. Only one page of a destination is read at a time. */
const MAX_PAGE_BYTES = 32 * 1024 * 1024

/** Undefined for kind http: of an arbitrary system no such question is known. */
export function createPeerReader(destination: DestinationConfig, deps: PeerReaderDeps): PeerReader | undefined {
  if (destination.kind === 'http') return undefined
  const redact = createRedactor(destination.auth)
  const told = (why: string): string => toNote(redact(why))
  let pages: Promise<unknown> = Promise.resolve()

  async function ask<T>(
    rest: string,
    maxBytes: number,
    read: (exchange: Exchange) => Read<T>,
    signal: AbortSignal,
  ): Promise<Read<T>> {
    const request = requestFor(destination, rest, deps)
    const answer = read(await deps.client.exchange(request, signal, maxBytes))
    return answer.kind === 'read' ? answer : { kind: answer.kind, why: told(answer.why) }
  }

  return {
    async byId(id, signal) {
      const answer = await ask(idPath(id), MAX_ONE_BYTES, readAlert, signal)
      if (answer.kind !== 'read') return answer
      const { value: alert } = answer
      if (alert !== undefined && isKnownBy(alert, id)) return answer
      // a relay that cannot be asked says "not found" too, of the question; to this one it has another answer
      const listed =
        destination.kind === 'relay' ? await ask(idsPath(id), MAX_ONE_BYTES, readAlerts, signal) : undefined
      if (listed !== undefined && listed.kind !== 'read') return listed
      return { kind: 'read', value: listed?.value.alerts.find((each) => isKnownBy(each, id)) }
    },
    async byKey(key, signal) {
      const answer = await ask(keyPath(key), MAX_ONE_BYTES, readAlerts, signal)
      if (answer.kind !== 'read') return answer
      const found = answer.value.alerts.filter((alert) => sameKey(alert, key))
      return { kind: 'read', value: found.sort(byStanding)[0] }
    },
    count: (signal) => ask('/alerts/count', MAX_ONE_BYTES, readCount, signal),
    page(page, signal) {
      const answer = pages.then(() => ask(pagePath(page), MAX_PAGE_BYTES, readAlerts, signal))
      pages = answer
      return answer
    },
  }
}

const byStanding = (a: PeerAlert, b: PeerAlert): number =>
  Number(isOver(a.status)) - Number(isOver(b.status)) || b.lastReceiveTime - a.lastReceiveTime

function requestFor(destination: DestinationConfig, rest: string, { ours, ids }: PeerReaderDeps): OutgoingRequest {
  const headers = { 'user-agent': userAgent(ours), 'x-request-id': ids.id() }
  return { method: 'GET', path: pathBelow(destination, rest), headers, body: null }
}
