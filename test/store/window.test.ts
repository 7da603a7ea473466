import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Lane } from '../../src/model/order.js'
import { createWindow, type OutboxRow, type WindowLimits } from '../../src/store/sqlite/outbox/window.js'

const TINY: WindowLimits = {
  pageRows: 4,
  rowsPerTake: 12,
  parkedPerLane: 2,
  parked: 5,
  lanes: 50,
  refillSpan: 3,
  fresh: 3,
}

/** An outbox in memory; the window must bring every row of it out once, lane by lane in order. */
function outbox() {
  const rows: OutboxRow[] = []
  let seq = 0
  return {
    rows,
    add(lane: number) {
      seq += 1
      rows.push({ seq, lane: lane as Lane, notBefore: null })
    },
    remove: (seq: number) =>
      void rows.splice(
        rows.findIndex((row) => row.seq === seq),
        1,
      ),
    pager: {
      after: (seq: number, limit: number) => rows.filter((row) => row.seq > seq).slice(0, limit),
      ofLane: (lane: Lane, from: number, to: number, limit: number) =>
        rows
          .filter((row) => row.lane === lane && row.seq > from && row.seq <= to)
          .slice(0, limit)
          .map((row) => row.seq),
    },
  }
}

type Step = { kind: 'add'; lane: number } | { kind: 'take'; limit: number } | { kind: 'settle' } | { kind: 'requeue' }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), lane: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ kind: fc.constant('take' as const), limit: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ kind: fc.constant('settle' as const) }),
  fc.record({ kind: fc.constant('requeue' as const) }),
)

test('nothing is stranded and nothing overtakes, however lanes overflow', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120, size: 'max' }), (steps) => {
      const box = outbox()
      const window = createWindow(box.pager, TINY)
      const laneOf = new Map<number, number>()
      const inFlight: { lane: Lane; seq: number }[] = []
      const settled: number[] = []
      let now = 1
      const take = (limit: number) => {
        for (const head of window.take(limit, now)) {
          expect(
            inFlight.some(({ lane }) => lane === head.lane),
            'two in flight in one lane',
          ).toBe(false)
          inFlight.push(head)
        }
      }
      const settleOne = () => {
        const head = inFlight.shift()
        if (head === undefined) return
        box.remove(head.seq)
        window.left(head.seq, head.lane)
        settled.push(head.seq)
        window.settled(head)
      }
      for (const one of steps) {
        now += 1
        if (one.kind === 'add') {
          box.add(one.lane)
          const { seq, lane } = box.rows.at(-1) as OutboxRow
          laneOf.set(seq, lane)
          window.came(seq, lane)
        } else if (one.kind === 'take') take(one.limit)
        else if (one.kind === 'settle') settleOne()
        else {
          const head = inFlight.shift()
          if (head) window.requeued(head, now + 2)
        }
      }
      for (let round = 0; box.rows.length > 0 && round < 2_000; round += 1) {
        now += 10
        // who has nothing under way asks again when the window says so
        expect(inFlight.length > 0 || window.nextAt() !== undefined, 'asleep over what waits').toBe(true)
        take(3)
        settleOne()
      }
      expect(box.rows, 'stranded').toEqual([])
      for (const lane of new Set(laneOf.values())) {
        const order = settled.filter((seq) => laneOf.get(seq) === lane)
        expect(order).toEqual([...order].sort((a, b) => a - b))
      }
    }),
    { numRuns: 500 },
  )
})

test('a stuck lane with more rows than may be parked hides no other lane', () => {
  const box = outbox()
  for (let i = 0; i < 40; i += 1) box.add(1)
  box.add(2)
  const window = createWindow(box.pager, TINY)
  const lanes = new Set<number>()
  for (let i = 0; i < 10; i += 1) for (const head of window.take(5, 1)) lanes.add(head.lane)
  expect([...lanes]).toEqual([1, 2])
})

/** A backlog of two lanes, longer than a page, with its heads under way. */
function behind(limits: WindowLimits = TINY) {
  const box = outbox()
  for (let i = 0; i < 40; i += 1) box.add(1 + (i % 2))
  const window = createWindow(box.pager, limits)
  const heads = [...window.take(2, 1)]
  // the rest is counted in several looks
  for (let i = 0; i < 4; i += 1) window.take(0, 1)
  const comes = (lane: number): number => {
    box.add(lane)
    const { seq } = box.rows.at(-1) as OutboxRow
    window.came(seq, lane as Lane)
    return seq
  }
  const settle = (head: { lane: Lane; seq: number }) => {
    box.remove(head.seq)
    window.left(head.seq, head.lane)
    window.settled(head)
  }
  return { box, window, heads, comes, settle }
}

test('what comes in for a lane that has nothing waiting does not wait for the backlog; what its lane has before it, does', () => {
  const { window, heads, comes, settle } = behind()
  const first = comes(3)
  const second = comes(3)
  comes(1)
  const [fresh] = window.take(1, 1)
  expect(fresh).toEqual({ lane: 3, seq: first })
  settle(fresh as (typeof heads)[number])
  expect(window.take(5, 1), 'the next of its lane and a lane of the backlog').toEqual([])
  for (const head of heads) settle(head)
  expect(window.take(5, 1).map(({ lane }) => lane)).toEqual([1, 2])
  expect(second).toBeGreaterThan(first)
})

test('a lane of which the last waiting row has gone is fresh again', () => {
  const { window, comes, settle } = behind()
  for (let time = 0; time < 5; time += 1) {
    const seq = comes(3)
    const [head] = window.take(1, 1)
    expect(head).toEqual({ lane: 3, seq })
    settle(head as { lane: Lane; seq: number })
  }
})

test('a fresh one that failed is tried again in its time, and the backlog does not bring it a second time', () => {
  const { box, window, heads, comes, settle } = behind()
  const seq = comes(3)
  const [fresh] = window.take(1, 1)
  window.requeued(fresh as (typeof heads)[number], 50)
  const taken: number[] = []
  for (const head of heads) settle(head)
  for (let round = 0; round < 200; round += 1) {
    for (const head of window.take(5, round)) {
      taken.push(head.seq)
      settle(head)
    }
  }
  expect(taken.filter((one) => one === seq)).toHaveLength(1)
  expect(taken.indexOf(seq), 'not before its time').toBeGreaterThan(30)
  expect(box.rows).toEqual([])
})

test('however much comes in for other lanes, every second one is of the backlog', () => {
  const { window, heads, comes, settle } = behind()
  for (const head of heads) settle(head)
  const lanes: number[] = []
  for (let lane = 10; lane < 30; lane += 1) {
    comes(lane)
    const [head] = window.take(1, 1)
    lanes.push((head as { lane: Lane }).lane)
    settle(head as { lane: Lane; seq: number })
  }
  expect(lanes.filter((lane) => lane < 10).length).toBeGreaterThanOrEqual(9)
})

test('a lane of which the backlog has no more is fresh again', () => {
  const box = outbox()
  box.add(1)
  for (let i = 0; i < 40; i += 1) box.add(2)
  const window = createWindow(box.pager, TINY)
  const [head] = window.take(1, 1) as [{ lane: Lane; seq: number }]
  for (let i = 0; i < 4; i += 1) window.take(0, 1)
  box.remove(head.seq)
  window.left(head.seq, head.lane)
  window.settled(head)
  window.take(1, 1)
  box.add(1)
  const { seq } = box.rows.at(-1) as OutboxRow
  window.came(seq, 1 as Lane)
  expect(window.take(1, 1)).toEqual([{ lane: 1, seq }])
})
