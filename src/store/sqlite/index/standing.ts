import type { AlertState, Applied, Became, StillTold } from '../../../model/ledger.js'
import type { AboutAlert } from '../../../model/message.js'

/** When something was first accepted by a relay, and by which message: of two that are equally old the later id wins. */
export interface Since {
  /** epoch ms */
  readonly stamp: number
  readonly by: string
}

/** How a status was set. */
interface Saying {
  /** as what it was told; absent: as the state has it */
  readonly said?: string
  /** whatever the severity is */
  readonly meant?: true
}

/** Since when the parts of a state hold. Of equal registers, as of all relays that have heard the same, is equal state. */
export interface Registers {
  readonly status: Since & Saying
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
export function becameOf(draft: AboutAlert, applied: Applied | undefined, known: KnownState | undefined): Became {
  if (draft.kind === 'delete' || applied === undefined) return {}
  const { severity, status, trendIndication } = applied.state
  const { state: earlier, registers } = known ?? {}
  const isOther = severity !== earlier?.severity
  const worse = isOther && trendIndication === 'moreSevere'
  const unsaid = isOther && registers?.status.said !== undefined
  return {
    ...(draft.kind === 'alert' || isOther ? { severity } : {}),
    ...(status !== earlier?.status || worse || unsaid ? { status } : {}),
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
export function stillTold(draft: AboutAlert, became: Became, now: Since, known: KnownState | undefined): StillTold {
  const { severity, status } = settled(draft, became, now, known)
  const mixed = !status.meant && (status.stamp !== severity.stamp || status.by !== severity.by)
  return {
    ...toldOf(became, now, known),
    ...(status.said === undefined ? {} : { said: status.said }),
    ...(mixed ? { mixed } : {}),
  }
}

/** The registers after a write that was applied; `known` undefined: it was the first about its alert. */
export function registersAfter(
  { draft, became, now }: { readonly draft: AboutAlert; readonly became: Became; readonly now: Since },
  { state, said }: Pick<Applied, 'state' | 'said'>,
  known: KnownState | undefined,
): Registers {
  const { severity, status } = settled(draft, became, now, known)
  const { stamp, by, meant } = status
  const stays = state.status === known?.state.status ? status.said : undefined
  const saying = said ?? stays
  return {
    severity,
    status: { stamp, by, ...(meant ? { meant } : {}), ...(saying === undefined ? {} : { said: saying }) },
  }
}

function settled(draft: AboutAlert, became: Became, now: Since, known: KnownState | undefined): Registers {
  const told = toldOf(became, now, known)
  const meant = became.ofNormal || draft.kind === 'status'
  return {
    severity:
      known !== undefined && told.severity === undefined ? known.registers.severity : sinceOf('severity', became, now),
    status:
      known !== undefined && told.status === undefined
        ? known.registers.status
        : { ...sinceOf('status', became, now), ...(meant ? { meant } : {}) },
  }
}

const toldOf = (became: Became, now: Since, known: KnownState | undefined): Pick<Became, Part> =>
  Object.fromEntries(
    PARTS.flatMap((part) => {
      const isTold = known === undefined || isLater(sinceOf(part, became, now), known.registers[part])
      return isTold && became[part] !== undefined ? [[part, became[part]]] : []
    }),
  )

type Part = keyof Registers

const PARTS: readonly Part[] = ['severity', 'status']

const sinceOf = (part: Part, { statusStamp }: Became, { stamp, by }: Since): Since => ({
  stamp: part === 'status' ? (statusStamp ?? stamp) : stamp,
  by,
})

const isLater = (now: Since, then: Since): boolean =>
  now.stamp > then.stamp || (now.stamp === then.stamp && now.by >= then.by)
