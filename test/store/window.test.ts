import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Lane } from '../../src/model/order.js'
import { createWindow, type OutboxRow, type WindowLimits } from '../../src/store/sqlite/outbox/window.js'

const TINY: WindowLimits = { pageRows: 4, rowsPerTake: 12, parkedPerLane: 2, parked: 5, lanes: 50, refillSpan: 3 }

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
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
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
        settled.push(head.seq)
        window.settled(head)
      }
      for (const one of steps) {
        now += 1
        if (one.kind === 'add') {
          box.add(one.lane)
          laneOf.set(box.rows.at(-1)?.seq as number, one.lane)
        } else if (one.kind === 'take') take(one.limit)
        else if (one.kind === 'settle') settleOne()
        else {
          const head = inFlight.shift()
          if (head) window.requeued(head, now + 2)
        }
      }
      for (let round = 0; box.rows.length > 0 && round < 2_000; round += 1) {
        now += 10
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
