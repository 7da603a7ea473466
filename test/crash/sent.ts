/** A message as its sender knows it. */
export interface Sent {
  /** from 1; of one resource they rise in the order of sending, and it travels as X-Request-ID and in the body */
  readonly n: number
  readonly kind: 'alert' | 'action' | 'delete' | 'heartbeat'
  /** what stays in order with each other: a resource, or the origin of heartbeats */
  readonly lane: string
  /** several senders write to this lane at once, so that only the journal knows its order */
  readonly shared: boolean
  readonly event: string
  readonly environment: string
  /** of an action; else empty */
  readonly action: string
  /** of an alert; else empty */
  readonly severity: string
  /** sent by a relay: repeated under the same message id */
  readonly peer: boolean
  /** a 2xx came back; only then the relay owes anything */
  answered: boolean
}

/** A destination's rules, and what they mean told anew: not by the relay's own routing. */
export interface Rules {
  /** relay: a real one, with a receiver behind it */
  readonly kind: 'alerta' | 'relay'
  readonly forward: readonly string[]
  /** alerts of these environments only, and what concerns them */
  readonly environment?: string
  /** answers 400 to every message whose number is a multiple of it */
  readonly refuseEvery: number
  /** repeats that wait are folded */
  readonly fold: boolean
}

const NEVER = Number.MAX_SAFE_INTEGER

/** Everything; what is usually forwarded, every repeat of it, and some refused; one environment, to another relay. */
export const RULES: Readonly<Record<string, Rules>> = {
  all: { kind: 'alerta', forward: ['*'], refuseEvery: NEVER, fold: true },
  some: { kind: 'alerta', forward: ['alerts', 'ack', 'close', 'delete'], refuseEvery: 997, fold: false },
  production: { kind: 'relay', forward: ['*'], environment: 'Production', refuseEvery: NEVER, fold: true },
}

/** Whether a destination should get a message. */
export function wants({ forward, environment }: Rules, sent: Sent): boolean {
  const word = { alert: 'alerts', action: sent.action, delete: 'delete', heartbeat: 'heartbeats' }[sent.kind]
  if (!forward.includes('*') && !forward.includes(word)) return false
  return sent.kind === 'heartbeat' || environment === undefined || environment === sent.environment
}

/** The id under which a destination knows an alert (receiver.ts). */
export const aliasAt = (destination: string, { lane, event }: Pick<Sent, 'lane' | 'event'>): string =>
  `${destination}.${lane}.${event}`
