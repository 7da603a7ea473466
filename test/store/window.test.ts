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

/** An outbox in memory. */
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

test('what comes in for a lane that has nothing waiting does not wait for the backlog, nor does what follows it', () => {
  const { window, heads, comes, settle } = behind()
  const first = comes(3)
  const second = comes(3)
  comes(1)
  const [fresh] = window.take(1, 1)
  expect(fresh).toEqual({ lane: 3, seq: first })
  const third = comes(3)
  settle(fresh as (typeof heads)[number])
  const [next] = window.take(5, 1)
  expect(next, 'a lane of the backlog waits').toEqual({ lane: 3, seq: second })
  settle(next as (typeof heads)[number])
  const [last] = window.take(5, 1)
  expect(last).toEqual({ lane: 3, seq: third })
  settle(last as (typeof heads)[number])
  for (const head of heads) settle(head)
  expect(window.take(5, 1).map(({ lane }) => lane)).toEqual([1, 2])
})

test('of a fresh lane that gets more than may be parked, the rest comes with the backlog, in order', () => {
  const { box, window, heads, comes, settle } = behind()
  const all = [1, 2, 3, 4, 5, 6].map(() => comes(3))
  for (const head of heads) settle(head)
  const taken: number[] = []
  for (let round = 0; round < 200; round += 1) {
    for (const head of window.take(5, round)) {
      if (head.lane === 3) taken.push(head.seq)
      settle(head)
    }
  }
  expect(taken).toEqual(all)
  expect(box.rows).toEqual([])
})

test('a row that leaves before it was counted takes nothing off its lane', () => {
  const box = outbox()
  for (let i = 0; i < 40; i += 1) box.add(i === 9 || i === 29 ? 3 : 1 + (i % 2))
  const window = createWindow(box.pager, TINY)
  window.take(2, 1) // twelve are counted
  box.remove(30)
  window.left(30, 3 as Lane)
  for (let i = 0; i < 4; i += 1) window.take(0, 1)
  box.add(3)
  window.came(41, 3 as Lane)
  expect(window.take(1, 1).map(({ seq }) => seq)).not.toContain(41)
})

test('damage far behind in the outbox stops nothing in front of it', () => {
  const box = outbox()
  for (let i = 0; i < 40; i += 1) box.add(i + 1)
  const after = (seq: number, limit: number) => {
    const rows = box.pager.after(seq, limit)
    if (rows.some((row) => row.seq === 30)) throw new Error('database disk image is malformed')
    return rows
  }
  const window = createWindow({ ...box.pager, after }, TINY)
  const taken: number[] = []
  try {
    for (let round = 0; round < 50; round += 1) {
      for (const head of window.take(2, round)) {
        taken.push(head.seq)
        box.remove(head.seq)
        window.left(head.seq, head.lane)
        window.settled(head)
      }
    }
  } catch {}
  expect(taken.length).toBeGreaterThan(20)
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
