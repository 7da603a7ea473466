import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Lane } from '../../src/model/order.js'
import { createWindow, type Head, type OutboxRow, type WindowLimits } from '../../src/store/sqlite/outbox/window.js'
import { PATIENCE_MS, runs } from '../support/search.js'

const few = (max: number) => fc.integer({ min: 1, max })
const limits: fc.Arbitrary<WindowLimits> = fc.record({
  pageRows: few(5),
  rowsPerTake: few(12),
  parkedPerLane: few(3),
  parked: few(6),
  lanes: fc.integer({ min: 2, max: 12 }),
  refillSpan: few(6),
  fresh: few(4),
})

const does = <What extends string>(what: What) => fc.constant(what)
const lane = few(14)
/** What may happen to the outbox within one commit. */
const change = fc.oneof(
  { weight: 6, arbitrary: fc.record({ does: does('comes'), lane }) },
  { weight: 2, arbitrary: fc.record({ does: does('expires'), pick: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ does: does('supersedes its lane'), lane }) },
  { weight: 3, arbitrary: fc.record({ does: does('settled'), pick: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ does: does('fails'), pick: fc.nat(), wait: fc.nat({ max: 30 }) }) },
)
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ does: does('commit'), changes: fc.array(change, { minLength: 1, maxLength: 8 }) }),
  },
  { weight: 4, arbitrary: fc.record({ does: does('take'), limit: few(4), folded: fc.nat({ max: 2 }) }) },
  { weight: 1, arbitrary: fc.record({ does: does('hurry') }) },
  { weight: 1, arbitrary: fc.record({ does: does('window made anew') }) },
)
type Step = typeof step extends fc.Arbitrary<infer One> ? One : never
type Change = typeof change extends fc.Arbitrary<infer One> ? One : never

/** An outbox in memory, and a window over it that is told of its changes as the engine tells it: after each commit. */
function bench(given: WindowLimits) {
  let rows: OutboxRow[] = []
  let seq = 0
  let now = 0
  const retries = new Map<number, number>()
  const pager = {
    after: (from: number, limit: number) =>
      rows
        .filter((row) => row.seq > from)
        .slice(0, limit)
        .map((row) => ({ ...row, notBefore: retries.get(row.seq) ?? null })),
    ofLane: (of: Lane, from: number, to: number, limit: number) =>
      rows
        .filter((row) => row.lane === of && row.seq > from && row.seq <= to)
        .slice(0, limit)
        .map((row) => row.seq),
  }
  let window = createWindow(pager, given)
  const inFlight: Head[] = []
  const isFree = (row: OutboxRow) => !inFlight.some((head) => head.seq === row.seq)
  const takenOut = (pick: number): Head | undefined =>
    inFlight.splice(inFlight.length === 0 ? 0 : pick % inFlight.length, 1)[0]

  /** Returns what the window is told when the commit is through. */
  function leave({ seq: gone, lane: of }: Head): () => void {
    rows = rows.filter((row) => row.seq !== gone)
    retries.delete(gone)
    return () => window.left(gone, of)
  }

  function come(of: number): () => void {
    seq += 1
    const row = { seq, lane: of as Lane, notBefore: null }
    rows.push(row)
    return () => window.came(row.seq, row.lane)
  }

  function make(one: Change): readonly (() => void)[] {
    if (one.does === 'comes') return [come(one.lane)]
    if (one.does === 'supersedes its lane') {
      return [...rows.filter((row) => row.lane === one.lane && isFree(row)).map(leave), come(one.lane)]
    }
    if (one.does === 'expires') {
      const waiting = rows.filter(isFree)
      return waiting.length === 0 ? [] : [leave(waiting[one.pick % waiting.length] as OutboxRow)]
    }
    const head = takenOut(one.pick)
    if (head === undefined) return []
    if (one.does === 'settled') return [leave(head), () => window.settled(head)]
    const notBefore = one.wait === 0 ? 0 : now + one.wait
    retries.set(head.seq, notBefore)
    return [() => window.requeued(head, notBefore)]
  }

  function take(limit: number, folded = 0): number {
    const told: (() => void)[] = []
    const heads = window.take(limit, now)
    for (const head of heads) {
      const ofLane = rows.filter((row) => row.lane === head.lane)
      expect(
        inFlight.some((one) => one.lane === head.lane),
        'two in flight in one lane',
      ).toBe(false)
      const isThere = ofLane.some((row) => row.seq === head.seq)
      if (isThere) expect(ofLane[0]?.seq, 'overtaken in its lane').toBe(head.seq)
      if (isThere && folded === 0) inFlight.push(head)
      else {
        const gone = isThere ? ofLane.slice(0, folded) : []
        told.push(...gone.map(leave), () => window.dropped(head.lane, new Set(gone.map((row) => row.seq))))
        told.push(() => window.settled(head))
      }
    }
    for (const tell of told) tell()
    return heads.length
  }

  return {
    play(one: Step): void {
      now += 1
      if (one.does === 'take') take(one.limit, one.folded)
      else if (one.does === 'commit') for (const tell of one.changes.flatMap(make)) tell()
      else if (one.does === 'hurry') {
        retries.clear()
        window.hurry()
      } else if (inFlight.length === 0) window = createWindow(pager, given)
    },
    /** As a dispatcher does: it asks again when the window says so, or something has ended. */
    drain(): void {
      for (let round = 0; rows.length > 0; round += 1) {
        expect(round, `stranded: ${JSON.stringify(rows)}`).toBeLessThan(3_000)
        const taken = take(3)
        const at = window.nextAt()
        if (taken === 0 && inFlight.length === 0) expect(at, 'asleep over what waits').toBeDefined()
        now = Math.max(now, at ?? now)
        const head = takenOut(0)
        if (head === undefined) continue
        for (const tell of [leave(head), () => window.settled(head)]) tell()
      }
      for (let round = 0; window.nextAt() === 0; round += 1) {
        expect(round, 'it spins').toBeLessThan(100)
        take(3)
      }
    },
  }
}

test(
  'nothing is stranded, taken twice or overtaken in its lane, whatever comes, leaves, fails and is folded meanwhile',
  () => {
    fc.assert(
      fc.property(limits, fc.array(step, { maxLength: 150, size: 'max' }), (given, steps) => {
        const outbox = bench(given)
        for (const one of steps) outbox.play(one)
        outbox.drain()
      }),
      { numRuns: runs(1_000) },
    )
  },
  PATIENCE_MS,
)
