import type { PeerAlert } from '../model/ledger.js'
import type { Answer, Exchange } from './exchange.js'
import { toPeerAlert } from './peer-alert.js'
import { type PeerPage, type Read, unreadable } from './read.js'
import { parseObject } from './shape.js'
import { isBusy } from './status.js'

type Members = Readonly<Record<string, unknown>>

/** GET /alert/<id>: alerta/views/alerts.py, get_alert. */
export function readAlert(exchange: Exchange): Read<PeerAlert | undefined> {
  const members = membersOf(exchange)
  if (members.kind !== 'read') return members.notFound === true ? { kind: 'read', value: undefined } : members
  const alert = toPeerAlert(members.value.alert)
  return typeof alert === 'string' ? unreadable(`the answer's alert ${alert}`) : { kind: 'read', value: alert }
}

/** GET /alerts: search_alerts, in the same file. Beyond the last page Alerta says 416, for there may be fewer now. */
export function readAlerts(exchange: Exchange): Read<PeerPage> {
  if (exchange.kind === 'answer' && exchange.status === 416) {
    return errorOf(exchange) === undefined
      ? wrong(exchange)
      : { kind: 'read', value: { alerts: [], more: false, total: 0 } }
  }
  const members = membersOf(exchange)
  if (members.kind !== 'read') return members
  const { alerts: list, more = false, total } = members.value
  if (!Array.isArray(list)) return unreadable('the answer holds no list of alerts')
  if (typeof more !== 'boolean') return unreadable('the answer does not say whether there is more')
  const alerts: PeerAlert[] = []
  for (const each of list) {
    const alert = toPeerAlert(each)
    if (typeof alert === 'string') return unreadable(`alert ${alerts.length + 1} of the answer ${alert}`)
    alerts.push(alert)
  }
  const counted = typeof total === 'number' && Number.isSafeInteger(total) && total >= alerts.length
  return { kind: 'read', value: { alerts, more, total: counted ? total : more ? undefined : alerts.length } }
}

/** GET /alerts/count: get_counts, in the same file. */
export function readCount(exchange: Exchange): Read<number> {
  const members = membersOf(exchange)
  if (members.kind !== 'read') return members
  const { total } = members.value
  if (typeof total === 'number' && Number.isSafeInteger(total) && total >= 0) return { kind: 'read', value: total }
  return unreadable('the answer holds no number of alerts')
}

/** The members of a good answer; `notFound` where Alerta itself says that there is no such alert. */
function membersOf(exchange: Exchange): Read<Members> & { readonly notFound?: boolean } {
  if (exchange.kind !== 'answer') return { kind: 'failed', why: exchange.why }
  const { status } = exchange
  const error = errorOf(exchange)
  const said = error === undefined ? `answered ${status}` : `answered ${status}: ${error}`
  if (status >= 500 || isBusy(status)) return { kind: 'failed', why: said }
  if (exchange.oversized) return unreadable('the answer is far too long')
  if (exchange.body === undefined) return { kind: 'failed', why: `the answer broke off after status ${status}` }
  // an endpoint that is missing is answered 404 too, in other words
  if (status === 404 && error?.toLowerCase() === 'not found') return { ...unreadable(said), notFound: true }
  if (status !== 200) return unreadable(said)
  const members = parseObject(exchange.body)
  return members?.status === 'ok' ? { kind: 'read', value: members } : wrong(exchange)
}

/** What an answer of Alerta's shape says is wrong; undefined: it is none. */
function errorOf({ body }: Answer): string | undefined {
  const members = body === undefined ? undefined : parseObject(body)
  if (members?.status !== 'error') return undefined
  return typeof members.message === 'string' ? members.message : 'no message'
}

const wrong = ({ status, headers }: Answer): Extract<Read<never>, { kind: 'unreadable' }> =>
  unreadable(
    `answered ${status} with something else than Alerta does (${headers['content-type'] ?? 'no content-type'})`,
  )
