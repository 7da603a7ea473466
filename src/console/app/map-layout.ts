import type { ShownBeyond, ShownDestination, ShownSender } from '../../management/console-look.js'

/** A box of the map, in its own units; 1200 of them are its width. */
export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** A destination of a destination that is a relay, as that one tells of it. */
export interface Further {
  readonly name: string
  /** tells it from others */
  readonly identity: string
  readonly state: string
  readonly queued: number
  readonly oldest: string | null
}

export type FurtherNode = Box & Further

/** From a destination to one beyond it, or to another one of ours. */
export interface FurtherEdge {
  readonly from: string
  readonly state: string
  readonly queued: number
  readonly to: { readonly kind: 'beyond'; readonly identity: string } | { readonly kind: 'ours'; readonly name: string }
}

export interface Layout {
  readonly height: number
  /** one line a destination, on lines that branch off a trunk */
  readonly isDense: boolean
  readonly us: Box
  readonly senders: readonly (Box & { readonly sender: ShownSender })[]
  /** those that have no room */
  readonly otherSenders: number
  readonly destinations: ReadonlyMap<string, Box>
  readonly beyond: readonly FurtherNode[]
  readonly furtherEdges: readonly FurtherEdge[]
  /** by destination: what it sends to us */
  readonly back: ReadonlyMap<string, Further>
  /** x of the trunks, in dense maps */
  readonly trunks: readonly number[]
}

export const WIDTH = 1200
const TOP = 34
const SENDERS_SHOWN = 10
/** Beyond this many they get one line each. */
const ROOMY = 20
const SENDER = { x: 4, width: 196, height: 46, step: 58 }
const US = { x: 268, width: 176, height: 74 }
const FIRST_X = 528
const BEYOND = { x: 956, width: 240, height: 40, step: 50 }

/** Where everything stands; by name, so that nothing moves when something happens. */
export function layOut(
  senders: readonly ShownSender[],
  destinations: readonly ShownDestination[],
  beyond: readonly ShownBeyond[],
  ours: ReadonlySet<string>,
): Layout {
  const names = destinations.map(({ name }) => name).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
  const further = furtherOf(beyond, destinations, ours)
  const isDense = names.length > ROOMY
  const columns = isDense && further.nodes.length === 0 ? 2 : 1
  const perColumn = Math.ceil(names.length / columns)
  const step = isDense ? 31 : names.length > 8 ? 56 : 72
  const height = isDense ? 26 : names.length > 8 ? 48 : 58
  const width = columns === 2 ? 318 : further.nodes.length > 0 ? 356 : 470
  const shown = senders.filter(({ accepted, known }) => accepted > 0 || !known).slice(0, SENDERS_SHOWN)
  const used = Math.max(
    perColumn * step,
    shown.length * SENDER.step,
    further.nodes.length * BEYOND.step,
    US.height + 20,
  )
  const middled = (count: number, step: number, i: number) => TOP + (used - count * step) / 2 + i * step
  const columnX = (column: number) => FIRST_X + column * (width + 36)
  const boxes = names.map((name, i): [string, Box] => {
    const column = Math.floor(i / perColumn)
    const inColumn = column === columns - 1 ? names.length - column * perColumn : perColumn
    const y = isDense ? TOP + (i % perColumn) * step : middled(inColumn, step, i % perColumn) + (step - height) / 2
    return [name, { x: columnX(column), y, width, height }]
  })
  return {
    height: TOP + used + 12,
    isDense,
    us: { ...US, y: TOP + (used - US.height) / 2 },
    senders: shown.map((sender, i) => ({ ...SENDER, y: middled(shown.length, SENDER.step, i) + 6, sender })),
    otherSenders: senders.filter(({ accepted }) => accepted > 0).length - shown.filter(({ known }) => known).length,
    destinations: new Map(boxes),
    beyond: further.nodes.map((node, i) => ({
      ...BEYOND,
      y: middled(further.nodes.length, BEYOND.step, i) + 5,
      ...node,
    })),
    furtherEdges: further.edges,
    back: further.back,
    trunks: isDense ? Array.from({ length: columns }, (_, column) => columnX(column) - 18) : [],
  }
}

interface FurtherOf {
  readonly nodes: readonly Further[]
  readonly edges: readonly FurtherEdge[]
  readonly back: ReadonlyMap<string, Further>
}

/** Beyond this many a map of others is no help. */
const FURTHER_SHOWN = 24

function furtherOf(
  beyond: readonly ShownBeyond[],
  destinations: readonly ShownDestination[],
  ours: ReadonlySet<string>,
): FurtherOf {
  const nodes = new Map<string, Further>()
  const edges: FurtherEdge[] = []
  const back = new Map<string, Further>()
  for (const { name: from, told } of beyond) {
    for (const { name, identities, state, queued, oldest } of told?.destinations ?? []) {
      const further = { name, identity: identities[0] ?? `${from} ${name}`, state, queued, oldest }
      const own = destinations.find((one) => one.identities.some((identity) => identities.includes(identity)))
      if (identities.some((identity) => ours.has(identity))) back.set(from, further)
      else if (own !== undefined && own.name !== from)
        edges.push({ from, state, queued, to: { kind: 'ours', name: own.name } })
      else {
        if (nodes.size >= FURTHER_SHOWN && !nodes.has(further.identity)) continue
        nodes.set(further.identity, nodes.get(further.identity) ?? further)
        edges.push({ from, state, queued, to: { kind: 'beyond', identity: further.identity } })
      }
    }
  }
  return { nodes: [...nodes.values()], edges, back }
}
