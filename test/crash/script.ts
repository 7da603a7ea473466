import type { Dice } from './dice.js'
import type { Sent } from './sent.js'

/** One write to the relay's API. */
export interface Request {
  readonly sent: Sent
  readonly method: 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly body: object | undefined
}

/** What a sender sends next about something; every call is one message more. */
export type Script = (n: number) => Request

export interface ScriptOf {
  readonly lane: string
  readonly environment: string
  readonly shared: boolean
  readonly peer: boolean
  readonly events: readonly string[]
  readonly dice: Dice
}

const SEVERITIES = ['critical', 'major', 'warning', 'normal']
const ACTIONS = ['ack', 'ack', 'unack', 'close']
/** Bodies of several sizes: up to so many bytes of rawData. */
const MOST_RAW_DATA = 1_500

/**
 * The life of a resource: alerts under fixed ids with repeats, actions, deletes after which an alert comes back under
 * another id, and heartbeats. A shared one gets alerts only: what a delete leaves would depend on who was first.
 */
export function createScript({ lane, environment, shared, peer, events, dice }: ScriptOf): Script {
  /** how often each event's alert has been deleted, and whether there is one */
  const lives = new Map(events.map((event) => [event, { deaths: 0, alive: false }]))

  return (n) => {
    const event = dice.oneOf(events)
    const life = lives.get(event) as { deaths: number; alive: boolean }
    const id = `${lane}.${event}.${life.deaths}`
    const about = { n, lane, shared, event, environment, peer, action: '', severity: '', answered: false }
    const chance = shared ? 0 : dice.next()
    if (chance > 0.88) return heartbeat({ ...about, kind: 'heartbeat', lane: `origin-${lane}` })
    if (!life.alive || chance < 0.58) {
      life.alive = true
      return alert({ ...about, kind: 'alert', severity: dice.oneOf(SEVERITIES) }, id, dice)
    }
    if (chance < 0.83) {
      const action = dice.oneOf(ACTIONS)
      const body = { action, text: String(n), timeout: 7_200 }
      return { sent: { ...about, kind: 'action', action }, method: 'PUT', path: `/alert/${id}/action`, body }
    }
    lives.set(event, { deaths: life.deaths + 1, alive: false })
    return { sent: { ...about, kind: 'delete' }, method: 'DELETE', path: `/alert/${id}`, body: undefined }
  }
}

function alert(sent: Sent, id: string, dice: Dice): Request {
  const { lane: resource, event, environment, severity, n } = sent
  const body = {
    ...{ id, resource, event, environment, severity, service: ['Crash'], text: String(n), tags: [String(n)] },
    createTime: new Date(1_700_000_000_000 + n).toISOString(),
    rawData: 'x'.repeat(dice.below(MOST_RAW_DATA)),
  }
  return { sent, method: 'POST', path: '/alert', body }
}

const heartbeat = (sent: Sent): Request => ({
  sent,
  method: 'POST',
  path: '/heartbeat',
  body: { origin: sent.lane, tags: [String(sent.n)], createTime: new Date(1_700_000_000_000 + sent.n).toISOString() },
})
