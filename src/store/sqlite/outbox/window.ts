import { isAhead, LONGEST_WAIT_MS } from '../../../model/gate.js'
import type { Lane } from '../../../model/order.js'
import { createBeyond } from './beyond.js'
import { createTurns } from './turns.js'
import { createWaiting } from './waiting.js'

/** One row of the outbox as the pager reads it, with the retry time of a delivery that has failed before. */
export interface OutboxRow {
  readonly seq: number
  readonly lane: Lane
  /** epoch ms; null: never failed */
  readonly notBefore: number | null
}

/** Reads the outbox of one destination; rows come in order of seq. */
export interface Pager {
  after(seq: number, limit: number): readonly OutboxRow[]
  /** The seqs of one lane with from < seq <= to, at most `limit`. */
  ofLane(lane: Lane, from: number, to: number, limit: number): readonly number[]
}

export interface Head {
  readonly lane: Lane
  readonly seq: number
}

export interface WindowLimits {
  readonly pageRows: number
  /** rows read in one take, so that a take is short */
  readonly rowsPerTake: number
  readonly parkedPerLane: number
  readonly parked: number
  readonly lanes: number
  /** seqs searched in one step when a lane that overflowed is refilled */
  readonly refillSpan: number
  /** heads that may wait in front of the backlog */
  readonly fresh: number
}

export const WINDOW_LIMITS: WindowLimits = {
  pageRows: 1_024,
  rowsPerTake: 4_096,
  parkedPerLane: 2_000,
  parked: 100_000,
  lanes: 100_000,
  refillSpan: 20_000,
  fresh: 1_000,
}

interface LaneState {
  readonly lane: Lane
  /** the lane's first unsettled row, ready, waiting or busy */
  head: number
  state: 'ready' | 'waiting' | 'busy' | 'refilling'
  notBefore: number
  /** later rows of the lane, in order */
  parked: number[]
  /** rows of this lane beyond `parkedUpTo` were passed by and must be read again */
  overflowed: boolean
  parkedUpTo: number
  /** it came in front of the backlog, and head and parked are all that it has, also beyond the cursor */
  fresh: boolean
}

/**
 * The lanes of one destination, in memory over a bounded window of its outbox: rows are paged in arrival order, the
 * first of each lane is its head, the others are parked as numbers. A lane past its limit overflows and is refilled
 * from the table. Where the backlog is longer than a page, a row that comes in for a lane that has none is a head at
 * once, and goes in turns with those of the backlog. Nothing here is the truth: it can be dropped and read again at any
 * moment.
 */
export interface LaneWindow {
  /** Takes up to `limit` heads that are ready at `now`; their lanes are busy until given back. */
  take(limit: number, now: number): readonly Head[]
  /** A row was queued. */
  came(seq: number, lane: Lane): void
  /** A row has left the outbox; a head is told as `settled` besides. */
  left(seq: number, lane: Lane): void
  /** The head has left the outbox: the lane's next row becomes its head. */
  settled(head: Head): void
  /** These rows of the lane, none of them its head, have left the outbox. */
  dropped(lane: Lane, seqs: ReadonlySet<number>): void
  /** The head stays in the outbox and may be taken again at `notBefore` (epoch ms). */
  requeued(head: Head, notBefore: number): void
  /** No lane waits for its next try any longer. */
  hurry(): void
  /** When it is worth to take again, epoch ms (0: at once); undefined: not before something else happens. */
  nextAt(): number | undefined
}

/** `longestWaitMs`: no lane waits longer for its next try; the clock has been set back where it seems so. */
export function createWindow(
  pager: Pager,
  limits: WindowLimits = WINDOW_LIMITS,
  longestWaitMs: number = LONGEST_WAIT_MS,
): LaneWindow {
  const lanes = new Map<Lane, LaneState>()
  const waiting = createWaiting<LaneState>(longestWaitMs)
  const refilling: LaneState[] = []
  const beyond = createBeyond(pager, { rows: limits.rowsPerTake, lanes: limits.lanes })
  const turns = createTurns<LaneState>()
  let cursor = 0
  let parked = 0
  let readToEnd = false

  function take(limit: number, now: number): readonly Head[] {
    for (const lane of waiting.due(now)) makeReady(lane)
    beyond.look(cursor)
    let rowsLeft = limits.rowsPerTake
    while (turns.size - turns.fresh < limit && rowsLeft > 0) {
      if (refilling.length > 0) rowsLeft -= refill(refilling[0] as LaneState)
      else {
        const read = page(now)
        if (read === 0) break
        rowsLeft -= read
      }
    }
    return turns.take(limit).map((lane) => {
      lane.state = 'busy'
      return { lane: lane.lane, seq: lane.head }
    })
  }

  function came(seq: number, lane: Lane): void {
    // a take that had enough to do with lanes that overflowed does not get to it: the next one must
    readToEnd = false
    const isOnly = beyond.came(seq, lane)
    const known = lanes.get(lane)
    if (known?.fresh) return join(known, seq)
    // a shorter backlog is read with the next takes anyway
    if (!isOnly || (beyond.rows() ?? 0) <= limits.pageRows || turns.fresh >= limits.fresh) return
    if (known !== undefined || lanes.size >= limits.lanes) return
    const entered = enter({ seq, lane, notBefore: null })
    entered.fresh = true
    turns.pushFresh(entered)
  }

  /** What follows a fresh row need not wait for the backlog either, or a critical would go out long before its normal. */
  function join(lane: LaneState, seq: number): void {
    // the backlog may have taken all the room there is for it
    lane.fresh = isRoomFor(lane, 2 * limits.parked)
    if (!lane.fresh) return
    lane.parked.push(seq)
    lane.parkedUpTo = seq
    parked += 1
  }

  const isRoomFor = (lane: LaneState, most: number): boolean =>
    lane.parked.length < limits.parkedPerLane && parked < most

  /** Reads the next page of the outbox; returns how many rows it held. */
  function page(now: number): number {
    if (lanes.size >= limits.lanes) return 0
    const rows = pager.after(cursor, limits.pageRows)
    readToEnd = rows.length < limits.pageRows
    for (const row of rows) {
      cursor = row.seq
      beyond.left(row.seq, row.lane)
      const lane = lanes.get(row.lane)
      if (lane === undefined) open(row, now)
      // of a fresh lane they are known already
      else if (!lane.overflowed && row.seq > lane.parkedUpTo) park(lane, row.seq)
    }
    if (readToEnd) beyond.none(cursor)
    return rows.length
  }

  function open(row: OutboxRow, now: number): void {
    const lane = enter(row)
    if (isAhead(lane.notBefore, now, longestWaitMs)) wait(lane)
    else makeReady(lane)
  }

  function enter(row: OutboxRow): LaneState {
    const lane = laneOf(row)
    lanes.set(row.lane, lane)
    return lane
  }

  function park(lane: LaneState, seq: number): void {
    // Beyond the limits a lane's rows are passed by, never the page: other lanes must be found behind them.
    if (!isRoomFor(lane, limits.parked)) {
      lane.overflowed = true
      return
    }
    lane.parked.push(seq)
    lane.parkedUpTo = seq
    parked += 1
  }

  function next(lane: LaneState): void {
    const seq = lane.parked.shift()
    if (seq !== undefined) {
      parked -= 1
      lane.head = seq
      makeReady(lane)
    } else if (lane.overflowed) {
      lane.state = 'refilling'
      refilling.push(lane)
    } else {
      lanes.delete(lane.lane)
    }
  }

  /** Searches one span for rows that were passed by; up to the cursor, beyond which paging finds them. */
  function refill(lane: LaneState): number {
    const to = Math.min(lane.parkedUpTo + limits.refillSpan, cursor)
    const found = pager.ofLane(lane.lane, lane.parkedUpTo, to, limits.parkedPerLane)
    refilling.shift()
    for (const seq of found) lane.parked.push(seq)
    parked += found.length
    const cut = found.length === limits.parkedPerLane
    lane.parkedUpTo = cut ? (found.at(-1) as number) : to
    lane.overflowed = lane.parkedUpTo < cursor
    next(lane)
    return limits.pageRows
  }

  function makeReady(lane: LaneState): void {
    lane.state = 'ready'
    turns.push(lane)
  }

  function wait(lane: LaneState): void {
    lane.state = 'waiting'
    waiting.add(lane)
  }

  function busy(head: Head): LaneState {
    const lane = lanes.get(head.lane)
    if (lane?.state === 'busy' && lane.head === head.seq) return lane
    throw new Error(`lane ${head.lane} was given back but is not taken`)
  }

  return {
    take,
    came,
    left(seq, lane) {
      if (seq > cursor) beyond.left(seq, lane)
    },
    settled: (head) => next(busy(head)),
    dropped(number, seqs) {
      const lane = lanes.get(number)
      if (lane === undefined) return
      const left = lane.parked.filter((seq) => !seqs.has(seq))
      parked -= lane.parked.length - left.length
      lane.parked = left
    },
    requeued(head, notBefore) {
      const lane = busy(head)
      lane.notBefore = notBefore
      if (notBefore > 0) wait(lane)
      else makeReady(lane)
    },
    hurry() {
      for (const lane of waiting.all()) makeReady(lane)
    },
    nextAt() {
      const moreToRead = refilling.length > 0 || (!readToEnd && lanes.size < limits.lanes)
      return turns.size > 0 || moreToRead ? 0 : waiting.earliest()
    },
  }
}

const laneOf = ({ lane, seq, notBefore }: OutboxRow): LaneState => ({
  lane,
  head: seq,
  state: 'ready',
  notBefore: notBefore ?? 0,
  parked: [],
  overflowed: false,
  parkedUpTo: seq,
  fresh: false,
})
