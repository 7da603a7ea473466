import type { AlertState, Applied, Became } from '../../../model/ledger.js'
import type { AboutAlert } from '../../../model/message.js'

/** When something was first accepted by a relay, and by which message: of two that are equally old the later id wins. */
export interface Since {
  /** epoch ms */
  readonly stamp: number
  readonly by: string
}

/** Since when the parts of a state hold. */
export interface Registers {
  readonly status: Since
  /** the newest reception, or action that set the severity */
  readonly severity: Since
}

/**
 * How a write stands to what the ledger knows. `newest`: applied; `beside`: one part of the state was set later by
 * others and stays, the other is applied; `older`: relayed, not applied. `outdated`: so much older that relaying it would
 * undo what everybody knows.
 */
export type Standing = 'newest' | 'beside' | 'older' | 'outdated'

export interface KnownState {
  readonly registers: Registers
  readonly state: AlertState
}

/** Clocks of relays may be so far apart, and ways so long: within it nothing is held back. */
const OUTDATED_MS = 30_000

/**
 * The parts of the state that a write sets, where it is accepted first. A worse severity under a status that stays says
 * that this status is for the worse one: an ack that was made elsewhere before does not cover it.
 */
export function becameOf(draft: AboutAlert, applied: Applied | undefined, earlier: AlertState | undefined): Became {
  if (draft.kind === 'delete' || applied === undefined) return {}
  const { severity, status, trendIndication } = applied.state
  const isOther = severity !== earlier?.severity
  const worse = isOther && trendIndication === 'moreSevere'
  return {
    ...(draft.kind === 'alert' || isOther ? { severity } : {}),
    ...(status !== earlier?.status || worse ? { status } : {}),
    ...(applied.ofNormal ? { ofNormal: true } : {}),
  }
}

/** `became`: what the relay that accepted it first took it for. */
export function standingOf(draft: AboutAlert, became: Became, now: Since, { registers }: KnownState): Standing {
  const told = draft.kind === 'delete' ? PARTS : PARTS.filter((part) => became[part] !== undefined)
  const won = told.filter((part) => isLater(sinceOf(part, became, now), registers[part]))
  if (won.length === told.length) return 'newest'
  if (draft.kind !== 'delete' && won.length > 0) return 'beside'
  const lost = Math.min(...told.map((part) => registers[part].stamp - sinceOf(part, became, now).stamp))
  return lost > OUTDATED_MS ? 'outdated' : 'older'
}

/** Of what was set then, what nobody has set later. */
export function stillTold(became: Became, now: Since, known: KnownState | undefined): Became {
  const told = PARTS.filter((part) => {
    return known === undefined || isLater(sinceOf(part, became, now), known.registers[part])
  })
  const { ofNormal } = became
  return {
    ...Object.fromEntries(told.flatMap((part) => (became[part] === undefined ? [] : [[part, became[part]]]))),
    ...(ofNormal && told.includes('status') ? { ofNormal } : {}),
  }
}

/** The registers after a write that was applied; `known` undefined: it was the first about its alert. */
export function registersAfter(became: Became, now: Since, known: KnownState | undefined): Registers {
  const told = stillTold(became, now, known)
  const after = (part: Part): Since =>
    known !== undefined && told[part] === undefined ? known.registers[part] : sinceOf(part, became, now)
  return { severity: after('severity'), status: after('status') }
}

type Part = keyof Registers

const PARTS: readonly Part[] = ['severity', 'status']

const sinceOf = (part: Part, { statusStamp }: Became, { stamp, by }: Since): Since => ({
  stamp: part === 'status' ? (statusStamp ?? stamp) : stamp,
  by,
})

const isLater = (now: Since, then: Since): boolean =>
  now.stamp > then.stamp || (now.stamp === then.stamp && now.by >= then.by)
